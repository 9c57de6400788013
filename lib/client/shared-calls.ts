/** Runs a call, or shares the pending identical one, so that a double click sends once. */
export function share<Result>(
  calls: Map<string, Promise<Result>>,
  call: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const pending = calls.get(call);
  if (pending !== undefined) return pending;
  const promise = run().finally(() => {
    if (calls.get(call) === promise) calls.delete(call);
  });
  calls.set(call, promise);
  return promise;
}
