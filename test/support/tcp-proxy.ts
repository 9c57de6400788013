import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { DataSourceOptions } from 'typeorm';

/** Stands between an application and a server that it needs, so that a test can take the server away. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((client) => this.#connect(client));
  }

  /** A proxy in front of a database server, and the options that lead through it. */
  static async start(options: DataSourceOptions): Promise<{ proxy: TcpProxy; options: DataSourceOptions }> {
    const { proxy, url } = await TcpProxy.inFrontOf('url' in options ? (options.url ?? '') : '');
    return { proxy, options: { ...options, url } as DataSourceOptions };
  }

  /** A proxy in front of any server, and the address that leads through it. */
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

  /** Takes connections, at first on any free port. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.port;
  }

  /** As if the server were shut down: open connections end, new ones are refused. */
  async refuse(): Promise<number> {
    const { port } = this;
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
    return port;
  }

  /** Ends all connections; new ones pass. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As if the network swallowed everything: connections stay open, and nothing passes on them any more. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause().removeAllListeners('data').unpipe();
  }

  /** New connections pass again. Those that were frozen stay so. */
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
    client.pipe(server).pipe(client);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy());
  }
}
