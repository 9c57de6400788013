// Memory that is in use after 50 000 flows and after 100 000: a register and a check each.

const FLOWS = 50_000;
const BATCH = 2000;
/** Bytes of heap for each flow above which something is kept. The smallest object has more than this. */
const MAX_BYTES_PER_FLOW = 10;

export async function measureMemory({ create, flows = FLOWS }) {
  const server = create('memory');
  await server.start({}, { nodeOptions: ['--expose-gc'] });
  await runFlows(server, flows);
  const half = await server.memory();
  await runFlows(server, flows);
  const whole = await server.memory();
  const bytesPerFlow = (whole.heapUsed - half.heapUsed) / flows;
  return { flows, half, whole, bytesPerFlow, isMet: bytesPerFlow <= MAX_BYTES_PER_FLOW };
}

async function runFlows(server, count) {
  for (let done = 0; done < count; done += BATCH) await server.flows(Math.min(BATCH, count - done));
}
