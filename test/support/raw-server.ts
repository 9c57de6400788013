import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** One connection to a {@link RawServer}, and what arrived on it. */
export interface ServedConnection {
  readonly socket: Socket;
  /** Each request, in the pieces in which it arrived. */
  readonly received: string[];
}

type Behaviour = (connection: ServedConnection) => void;

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

/** A TCP server that runs a test's function for each request. It knows the end of a request by its last character, `}`. */
export class RawServer {
  readonly connections: ServedConnection[] = [];
  /** Responds to a request. */
  behaviour: Behaviour = ({ socket }) => void socket.write(OK);

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      const connection: ServedConnection = { socket, received: [] };
      this.connections.push(connection);
      socket.setEncoding('utf8').on('error', () => undefined);
      socket.on('data', (text: string) => {
        connection.received.push(text);
        if (text.endsWith('}')) this.behaviour(connection);
      });
    });
  }

  static async start(): Promise<RawServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/send`;
  }

  /** Whether what arrived on each connection contains a request, in the order of the connections. */
  get requests(): number[] {
    return this.connections.map(({ received }) => received.join('').split('POST /send').length - 1);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { socket } of this.connections) socket.destroy();
    await closed;
  }
}
