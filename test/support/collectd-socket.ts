import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Collectd's unixsock plugin. Bytes are written and read as they are, one character a byte. */
export class CollectdSocket {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  #marks = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async open(path: string): Promise<CollectdSocket> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new CollectdSocket(socket);
  }

  /** The answer lines to each command. Some commands have none, some two, so behind each stands one that certainly has one. */
  async ask(commands: readonly string[]): Promise<string[][]> {
    const marks = commands.map(() => `MARK-${this.#marks++}`);
    this.#socket.write(commands.map((command, i) => `${command}\n${marks[i]}\n`).join(''), 'latin1');
    const answers: string[][] = [];
    for (const mark of marks) answers.push(await this.#linesBefore(`-1 Unknown command: ${mark}`));
    return answers;
  }

  async #linesBefore(end: string): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`Collectd closed its socket before it answered ${end}`);
      // an unknown command is answered with what is left of it in some versions
      if (value.startsWith(end)) return lines;
      lines.push(value);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
