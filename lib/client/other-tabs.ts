import { isObject } from './received-response.js';
import { isRecord, type SessionRecord } from './session-record.js';

/** How long other tabs may take to answer, in milliseconds. They are asked only after the server refused to send. */
const ANSWER_MS = 300;

/**
 * Shares open sessions between the tabs of a browser, so that a second tab with the same number takes the code that was
 * sent for the first. Does nothing outside of browsers.
 */
export class OtherTabs {
  #answering: BroadcastChannel | undefined;

  /**
   * @param name - The same in tabs that call the same routes.
   * @param sessionOf - This tab's session of a number, if it has one.
   */
  constructor(
    private readonly name: string,
    private readonly sessionOf: (spelling: string) => SessionRecord | undefined,
  ) {}

  /** Answers other tabs from now on. */
  answer(): void {
    if (this.#answering !== undefined || !hasTabs()) return;
    const channel = new BroadcastChannel(this.name);
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      // A question is the number alone.
      const session = typeof data === 'string' ? this.sessionOf(data) : undefined;
      if (session !== undefined) channel.postMessage({ to: data, session });
    });
    this.#answering = channel;
  }

  /** Stops answering. */
  close(): void {
    this.#answering?.close();
    this.#answering = undefined;
  }

  /** The session that another tab has for a number; `undefined` if none has. */
  async ask(spelling: string): Promise<SessionRecord | undefined> {
    if (!hasTabs()) return undefined;
    const channel = new BroadcastChannel(this.name);
    const session = await new Promise<SessionRecord | undefined>((resolve) => {
      setTimeout(resolve, ANSWER_MS);
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isObject(data) && data['to'] === spelling && isRecord(data['session'])) resolve(data['session']);
      });
      channel.postMessage(spelling);
    });
    channel.close();
    return session;
  }
}

/** In Node, an open channel would keep the process alive. */
function hasTabs(): boolean {
  return 'document' in globalThis && 'BroadcastChannel' in globalThis;
}
