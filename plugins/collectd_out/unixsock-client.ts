import { connect, type Socket } from 'node:net';
import { UnixsockAnswers } from '../../shared/collectd-protocol/unixsock-answers.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import { fromByteString } from '../../shared/line-protocol/byte-string.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Clock } from '../../shared/log/trouble-summary.ts';
import { countLines } from '../../shared/plugin/line-count.ts';
import { doneWithin } from '../../shared/plugin/patience.ts';
import type { PluginStats } from '../../shared/stats/stats.ts';
import { CommandQueue } from './command-queue.ts';

export interface UnixsockOptions {
  readonly path: string;
  /** Most bytes that wait while collectd is away. */
  readonly queueBytes: number;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  readonly log: Log;
  readonly stats: PluginStats;
  readonly clock: Clock;
}

/** Commands on their way: enough to keep collectd busy while answers travel. */
const WINDOW = 512;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 15_000;
/** Connections that may end at one command before it is given up: it may be what ends them. */
const MAX_ATTEMPTS = 3;
/** How long the end of the process waits for collectd. The runtime gives an output 4 s. */
const STOP_PATIENCE_MS = 3500;
/** Between two messages that collectd is there again: one that ends every connection would say it several times a second. */
const AGAIN_EVERY_MS = 60_000;
const EXTRACT_BYTES = 120;

/**
 * A client of collectd's unixsock plugin. Commands are sent without waiting for the answers to the ones before; answers come in order. A command whose answer does
 * not come is given up after a while: collectd drops some without a word.
 *
 * While collectd is away, commands wait, up to a limit; then the oldest are dropped. Commands that were sent and not answered when a connection ends are
 * sent again.
 */
export class UnixsockClient {
  readonly #options: UnixsockOptions;
  readonly #queue = new CommandQueue();
  #socket: Socket | undefined;
  #isConnected = false;
  #delayMs = FIRST_DELAY_MS;
  #cancelRetry: (() => void) | undefined;
  #cancelTimeout: (() => void) | undefined;
  /** When the last answer came, or the first command was sent after all others were answered. */
  #waitsSince = 0;
  /** Connections that ended without an answer. */
  #fruitless = 0;
  /** Since when nothing was answered, and since when there is a connection again, which a collectd that hangs takes, too. */
  #awaySince: number | undefined;
  #connectedAt = 0;
  #toldAgainAt: number | undefined;
  #waiting: (() => void)[] = [];
  #isEnding = false;
  #isStopping = false;
  readonly #dropped;
  readonly #refused;
  readonly #unanswered;
  readonly #connections;

  constructor(options: UnixsockOptions) {
    this.#options = options;
    const { stats } = options;
    this.#connections = stats.counter('connections');
    this.#refused = stats.counter('refused_by_collectd');
    this.#unanswered = stats.counter('unanswered_commands');
    this.#dropped = stats.counter('queue_dropped_lines');
    stats.gauge('queued_lines', () => BigInt(this.#queue.lines));
    stats.gauge('connected', () => (this.#isConnected ? 1n : 0n));
  }

  start(): void {
    this.#connect();
  }

  /** @param lines commands, whose bytes are the client's now. A promise asks to wait: collectd is there and behind. */
  send(lines: Buffer): Promise<void> | undefined {
    this.#queue.add(lines, countLines(lines));
    if (!this.#isConnected) this.#trim();
    else this.#pump();
    return this.#isBehind ? new Promise((resolve) => this.#waiting.push(resolve)) : undefined;
  }

  get #isBehind(): boolean {
    return this.#isConnected && !this.#isEnding && this.#queue.bytes > this.#options.queueBytes / 2;
  }

  #trim(): void {
    const { queueBytes, log } = this.#options;
    const dropped = this.#queue.trim(queueBytes);
    if (dropped === 0) return;
    this.#dropped.add(dropped);
    log.trouble('queue', `The queue is full while collectd is away; dropped the ${dropped} oldest lines`, 'error');
  }

  #connect(): void {
    this.#cancelRetry = undefined;
    const socket = connect(this.#options.path);
    this.#socket = socket;
    const answers = new UnixsockAnswers();
    let reason = 'collectd closed the connection';
    socket.on('connect', () => this.#connected());
    socket.on('data', (chunk) => {
      for (const { status, text } of answers.push(chunk)) this.#answered(status, fromByteString(text));
      if (answers.problem !== undefined) {
        reason = answers.problem;
        socket.destroy();
        return;
      }
      this.#pump();
      this.#settle();
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => this.#closed(reason));
  }

  #connected(): void {
    this.#isConnected = true;
    this.#connections.add();
    this.#connectedAt = this.#options.clock.now();
    this.#pump();
    this.#settle();
  }

  #pump(): void {
    while (this.#socket && this.#isConnected) {
      const isFirst = this.#queue.outstanding === 0;
      const commands = this.#queue.takeUnsent(WINDOW - this.#queue.outstanding);
      if (commands === undefined) break;
      if (isFirst) this.#waitsSince = this.#options.clock.now();
      this.#socket.write(commands);
    }
    this.#watch();
  }

  /** Waits for the answers that are to come. */
  #watch(): void {
    if (this.#cancelTimeout || this.#queue.outstanding === 0) return;
    const { clock, timeoutMs } = this.#options;
    const since = this.#waitsSince;
    this.#cancelTimeout = clock.after(Math.max(1, since + timeoutMs - clock.now()), () => {
      this.#cancelTimeout = undefined;
      if (this.#queue.outstanding === 0) return;
      if (this.#waitsSince === since) this.#giveUpFirst();
      else this.#watch();
    });
  }

  #giveUpFirst(): void {
    const { log, timeoutMs } = this.#options;
    this.#loseFirst();
    log.trouble('unanswered', `collectd did not answer within ${timeoutMs / 1000} s; connecting again`);
    this.#socket?.destroy();
  }

  #loseFirst(): void {
    this.#queue.shift();
    this.#unanswered.add();
    this.#fruitless = 0; // those that ended at it say nothing about the next
  }

  #answered(status: number, text: string): void {
    const command = this.#queue.outstanding > 0 ? this.#queue.shift() : undefined;
    this.#waitsSince = this.#options.clock.now();
    this.#fruitless = 0;
    this.#delayMs = FIRST_DELAY_MS;
    if (this.#awaySince !== undefined) this.#tellAgain(this.#awaySince);
    this.#awaySince = undefined;
    if (status < 0) this.#report(text, command);
  }

  #tellAgain(awaySince: number): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (this.#toldAgainAt !== undefined && now - this.#toldAgainAt < AGAIN_EVERY_MS) return;
    this.#toldAgainAt = now;
    log.info(`Connected again after ${((this.#connectedAt - awaySince) / 1000).toFixed(1)} s`);
  }

  #report(text: string, command: Buffer | undefined): void {
    this.#refused.add();
    const extract = command?.toString('utf8', 0, EXTRACT_BYTES) ?? '';
    const line = command && command.length > EXTRACT_BYTES ? `${extract}...` : extract;
    this.#options.log.trouble(kindOf(text), `collectd refused a line with ${quoteValue(text)}: ${quoteValue(line)}`);
  }

  #closed(reason: string): void {
    const { clock, log, path } = this.#options;
    const wasConnected = this.#isConnected;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    if (wasConnected && this.#queue.outstanding > 0 && ++this.#fruitless >= MAX_ATTEMPTS) this.#loseFirst();
    this.#queue.unsend();
    this.#trim();
    this.#settle();
    if (this.#isStopping) return;
    this.#awaySince ??= clock.now();
    log.trouble('connection', `No connection to ${quoteValue(path)}, trying again: ${reason}`);
    this.#cancelRetry = clock.after(this.#delayMs, () => this.#connect());
    this.#delayMs = Math.min(MAX_DELAY_MS, this.#delayMs * 2);
  }

  /** Lets those go on who wait for nothing any more. */
  #settle(): void {
    if (this.#waiting.length === 0 || this.#isBehind) return;
    if (this.#isStopping && this.#isConnected && this.#queue.lines > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** From now on nobody is asked to wait. */
  ending(): void {
    this.#isEnding = true;
    this.#settle();
  }

  /** Waits until everything is answered, as long as collectd is there and the time of the end allows. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelRetry?.();
    if (!this.#socket && this.#queue.lines > 0) this.#connect();
    if (this.#socket && this.#queue.lines > 0) {
      const settled = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await doneWithin(settled, STOP_PATIENCE_MS);
    }
    const lost = this.#queue.lines;
    if (lost > 0) {
      this.#dropped.add(lost);
      this.#options.log.error(`collectd has not answered ${lost} lines; they are lost`);
    }
    this.#socket?.destroy();
    this.#cancelTimeout?.();
  }
}

/** The same trouble has the same kind: what differs are the names in it. */
function kindOf(text: string): string {
  return `refused ${text.replace(/[`"'].*?[`"']/g, '').replace(/[0-9]+/g, '')}`;
}
