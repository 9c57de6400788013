import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { DataSourceOptions } from 'typeorm';

/** A proxy between an application and a server, with which a test simulates outages. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #routes = new Set<{ client: Socket; server: Socket }>();
  #isFrozen = false;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((client) => this.#connect(client));
  }

  /** Starts a proxy to a database server. Returns it with the options to connect through it. */
  static async start(options: DataSourceOptions): Promise<{ proxy: TcpProxy; options: DataSourceOptions }> {
    const { proxy, url } = await TcpProxy.inFrontOf('url' in options ? (options.url ?? '') : '');
    return { proxy, options: { ...options, url } as DataSourceOptions };
  }

  /** Starts a proxy to any server. Returns it with the URL to connect through it. */
  static async inFrontOf(address: string): Promise<{ proxy: TcpProxy; url: string }> {
    const url = new URL(address);
    const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.listen(0));
    return { proxy, url: url.href };
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts connections on a port; 0 for any free port. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.port;
  }

  /** Simulates a server that is shut down: closes open connections and refuses new ones. */
  async refuse(): Promise<number> {
    const { port } = this;
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
    return port;
  }

  /** Holds back what clients send on the connections that are open now. Returns a function that delivers it. */
  holdBack(): () => void {
    const held = [...this.#routes];
    for (const { client, server } of held) client.unpipe(server).pause();
    return () => {
      for (const { client, server } of held) client.pipe(server);
    };
  }

  /** Resolves when a connection ends that is opened after this call. */
  async nextConnectionEnded(): Promise<void> {
    const [client] = await once(this.#server, 'connection');
    await once(client, 'close');
  }

  /** Closes all connections, but accepts new ones. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Simulates a network that drops all packets: connections stay open, but transfer nothing. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause().removeAllListeners('data').unpipe();
  }

  /** New connections work again. Frozen ones stay frozen. */
  thaw(): void {
    this.#isFrozen = false;
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.cut();
  }

  #connect(client: Socket): void {
    this.#keep(client);
    if (this.#isFrozen) return;
    const server = connect(this.target);
    this.#keep(server);
    const route = { client, server };
    this.#routes.add(route);
    client.on('close', () => this.#routes.delete(route));
    client.pipe(server).pipe(client);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy());
  }
}
