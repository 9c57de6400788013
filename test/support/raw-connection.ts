import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes every byte itself. */
export class RawConnection {
  #received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text) => (this.#received += text));
    // A reset ends it like anything else; what was received tells the rest.
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Everything that came so far. */
  get received(): string {
    return this.#received;
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  write(...lines: string[]): void {
    this.socket.write(lines.join('\r\n'));
  }

  /** Waits until something has come, and fails when the connection ends before that. */
  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) {
      if (!this.isOpen) throw new Error(`The connection ended after ${JSON.stringify(this.#received)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }

  async untilClosed(): Promise<void> {
    if (this.isOpen) await once(this.socket, 'close');
  }

  destroy(): void {
    this.socket.destroy();
  }
}
