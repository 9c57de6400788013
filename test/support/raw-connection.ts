import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection whose bytes a test writes. */
export class RawConnection {
  #received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text) => (this.#received += text));
    // A reset closes the connection, which tests detect by `received`.
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** All text that was received. */
  get received(): string {
    return this.#received;
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  write(...lines: string[]): void {
    this.socket.write(lines.join('\r\n'));
  }

  /** Waits until a text was received. Throws if the connection ends first. */
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
