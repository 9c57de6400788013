/**
 * What phones need to fill in a code; `undefined` is left out of the message.
 *
 * @publicApi
 */
export interface Autofill {
  /** Host of the page with the input field. */
  readonly domain: string | undefined;
  /** Hash of the Android application that reads the message. */
  readonly androidAppHash: string | undefined;
}

/** Maximum size of a message that Android's SMS Retriever reads. */
const RETRIEVER_BYTES = 140;

/** Appends the autofill lines to a text: a blank line, the application's hash, and last the line bound to the domain. */
export function withAutofill(text: string, securityCode: string, { domain, androidAppHash }: Autofill): string {
  const lines = [androidAppHash, domain && `@${domain} #${securityCode}`].filter((line) => line !== undefined);
  return lines.length === 0 ? text : [text.trimEnd(), '', ...lines].join('\n');
}

/**
 * What prevents phones from filling in the code, or could make them fill it in elsewhere.
 *
 * @param text - The text alone.
 * @param message - The text with the autofill lines.
 */
export function obstaclesToAutofill(text: string, message: string, { domain, androidAppHash }: Autofill): string[] {
  const obstacles: string[] = [];
  if ((domain ?? androidAppHash) !== undefined && /^@/m.test(text)) {
    obstacles.push('has a line that begins with @, which phones take for a line bound to a domain');
  }
  const bytes = Buffer.byteLength(message);
  if (androidAppHash !== undefined && bytes > RETRIEVER_BYTES) {
    obstacles.push(
      `comes to ${bytes} bytes with the lines for autofill; Android's SMS Retriever reads ${RETRIEVER_BYTES}`,
    );
  }
  return obstacles;
}
