import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A real HTTP proxy: it opens tunnels (CONNECT), and forwards requests with an absolute URL. */
export class ConnectProxy {
  /** What each client asked for, such as `CONNECT localhost:443`. */
  readonly asked: string[] = [];
  /** The header `Proxy-Authorization` of each request. */
  readonly authorizations: (string | undefined)[] = [];
  /** How it responds to CONNECT: with this status, or `hang` for never. */
  behaviour: number | 'hang' = 200;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#keep(socket));
    server.on('connect', (incoming: IncomingMessage, client: Socket) => this.#tunnel(incoming, client));
    server.on('request', (incoming, response) => this.#forward(incoming, response));
  }

  static async start(): Promise<ConnectProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ConnectProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now, on both sides. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #tunnel(incoming: IncomingMessage, client: Socket): void {
    this.#record(incoming);
    if (this.behaviour === 'hang') {
      // Notices when the client leaves.
      client.resume().once('end', () => client.destroy());
      return;
    }
    if (this.behaviour !== 200) {
      client.end(`HTTP/1.1 ${this.behaviour} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = String(incoming.url).split(':');
    const target = connect(Number(port), host === 'localhost' ? '127.0.0.1' : host);
    this.#keep(target);
    target.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    client.once('close', () => target.destroy());
    target.once('close', () => client.destroy());
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.#record(incoming);
    const { method, url = '', headers } = incoming;
    const forwarded = request(url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(forwarded);
  }

  #record({ method, url, headers }: IncomingMessage): void {
    this.asked.push(`${method} ${url}`);
    this.authorizations.push(headers['proxy-authorization']);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy());
  }
}
