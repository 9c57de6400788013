/** Posts JSON to a route of the sample, and answers what went wrong: `undefined` when nothing did. */
export async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return answer.ok ? undefined : await answer.json();
  } catch {
    return { code: 'unreachable', message: 'The server cannot be reached.' };
  }
}
