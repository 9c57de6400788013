import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LOCALHOST } from './localhost-certificate.js';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | string;
}

type Behaviour = (request: ReceivedRequest, response: ServerResponse, socket: Socket) => void;

/** A local HTTP server that simulates a provider: it records requests and responds as the test defines. */
export class WireServer {
  readonly requests: ReceivedRequest[] = [];
  #behaviour: Behaviour = (_request, response) => response.writeHead(500).end();
  readonly #sockets = new Set<Socket>();

  /** Connections that were opened until now. */
  connections = 0;

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (incoming, response) => void this.#receive(incoming, response));
  }

  static async start(): Promise<WireServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WireServer(server, 'http://127.0.0.1');
  }

  /** A server that speaks TLS, with the certificate {@link LOCALHOST}. */
  static async startSecure(): Promise<WireServer> {
    const server = createSecureServer(LOCALHOST);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WireServer(server, 'https://localhost');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.origin}:${this.port}`;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** The request that arrived last. */
  get last(): ReceivedRequest {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error('no request arrived');
    return last;
  }

  /** Sets the response to every later request. */
  answer(answer: WireAnswer | ((request: ReceivedRequest) => WireAnswer)): void {
    this.#behaviour = (request, response) => {
      const { status, headers, body = '' } = typeof answer === 'function' ? answer(request) : answer;
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
      response.end(isText ? body : JSON.stringify(body));
    };
  }

  /** Reads requests and never responds. */
  hang(): void {
    this.#behaviour = () => undefined;
  }

  /** Reads a request completely and resets the connection. */
  reset(): void {
    this.#behaviour = (_request, _response, socket) => {
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    };
  }

  /** Starts a response that never ends. */
  answerWithoutEnd(status: number): void {
    this.#behaviour = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      const write = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(write));
      };
      write();
    };
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return;
    }
    const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: Object.fromEntries(headers),
      body: Buffer.concat(chunks).toString(),
    };
    this.requests.push(request);
    this.#behaviour(request, response, incoming.socket);
  }
}
