import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { PATIENCE_MS } from './line-collector.ts';

/** What the server does with a command: an answer, silence, or the end of the connection. */
export type Scripted = string | undefined | 'close';

export const DONE = '0 Success: 1 value has been dispatched.';

/** Stands in for collectd's unixsock plugin, and does what a test wants. Bytes are one character each. */
export class ScriptedUnixsock {
  /** All commands, of all connections. */
  readonly commands: string[] = [];
  connections = 0;
  /** The answer to a command; may be replaced. */
  answer: (command: string, connection: number) => Scripted = () => DONE;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiters = new Set<() => void>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async open(path: string): Promise<ScriptedUnixsock> {
    const server = createServer().listen(path);
    await once(server, 'listening');
    return new ScriptedUnixsock(server);
  }

  #accept(socket: Socket): void {
    const connection = ++this.connections;
    this.#sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('error', () => {}); // the client may leave at any time
    socket.on('close', () => this.#sockets.delete(socket));
    createInterface({ input: socket }).on('line', (command) => {
      if (socket.destroyed) return;
      this.commands.push(command);
      const answer = this.answer(command, connection);
      if (answer === 'close') socket.destroy();
      else if (answer !== undefined) socket.write(`${answer}\n`, 'latin1');
      for (const look of this.#waiters) look();
    });
    for (const look of this.#waiters) look();
  }

  /** Sends bytes to all clients. */
  say(text: string): void {
    for (const socket of this.#sockets) socket.write(text, 'latin1');
  }

  /** Resolves as soon as it holds, at a connection or a command. */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = this.commands.slice(-5).join('\n  ');
        reject(
          new Error(
            `Waited for ${what}; ${this.connections} connections, ${this.commands.length} commands:\n  ${seen}`,
          ),
        );
      }, PATIENCE_MS);
      const look = () => {
        if (!holds()) return;
        this.#waiters.delete(look);
        clearTimeout(timer);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  /** Ends it with all its connections. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
