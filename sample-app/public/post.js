/** Posts JSON to a route of the sample. Returns the error's body, or `undefined` on success. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return response.ok ? undefined : await response.json();
  } catch {
    return { code: 'unreachable', message: 'The server cannot be reached.' };
  }
}
