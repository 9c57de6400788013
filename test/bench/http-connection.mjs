// One HTTP/1.1 connection that costs little, because the load generator shares its core with the database.
import { connect } from 'node:net';
import { once } from 'node:events';

/** Sends one request after another, and reads responses that have a content length. */
export class HttpConnection {
  #socket;
  #received = '';
  #waiting;

  /** Connects to a port of this machine. */
  static async open(port) {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (text) => this.#read(text));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  /** Sends JSON as the proxy of a client. */
  post(path, client, json) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${client}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${json.length}\r\n\r\n${json}`,
      );
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(text) {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1]);
    if (Number.isNaN(length)) {
      this.#waiting.reject(new Error(`no content length: ${this.#received}`));
      return;
    }
    if (this.#received.length < head + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    const body = this.#received.slice(head + 4, head + 4 + length);
    this.#received = '';
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve({ status, body });
  }
}
