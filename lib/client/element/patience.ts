/** How long a person waits for a file before the form goes on without it, in milliseconds. */
const PATIENCE_MS = 3000;

/** What a file contains, or `undefined` where it is not here in time. */
export function soon<Content>(file: Promise<Content>): Promise<Content | undefined> {
  return Promise.race([file, new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}
