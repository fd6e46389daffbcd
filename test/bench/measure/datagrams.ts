import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeUdpPort } from '../../support/udp.ts';
import { FifoFilter } from './fifo-filter.ts';
import { doubles, runOn } from './pace.ts';
import { cpuOf } from './process-figures.ts';
import { processors } from './processors.ts';
import { program } from './program.ts';
import { idle } from './replay.ts';
import { udpSocket, untilBound, untilRead } from './udp-socket.ts';

/** Datagrams of 44 values at a steady rate, sent to a receiver that writes lines. */
export interface DatagramFeed {
  root: string;
  /** Datagrams a second. */
  rate: number;
  count: number;
  /** With `spins` the sender has a processor of its own and sends to the microsecond; else every millisecond what is due. */
  pace: 'spins' | 'sleeps';
  /** Shell command of the receiver at a port of 127.0.0.1. */
  receiver: (port: number) => string;
  /** The program that reads the lines, with the file for its result. */
  reader: (epoch: string, result: string) => string[];
}

/** What happened. */
export interface Fed<Result> {
  /** Datagrams that the kernel took from the sender. */
  sent: number;
  /** When each was sent. */
  times: Float64Array;
  /** Longest time in ms that the sender was late. */
  late: number;
  /** Datagrams that did not fit into the receiver's buffer, as the kernel counts them. */
  drops: number;
  /** CPU seconds of the receiver from the first datagram to the last. */
  cpu: number;
  result: Result;
}

/** ms that a sender of its own processor begins to spin before it sends. */
const SPIN_MS = 2;

/** Starts receiver and reader, sends, waits until all is read, ends the receiver by SIGTERM. */
export async function fed<Result>(feed: DatagramFeed, read: (result: string) => Result): Promise<Fed<Result>> {
  const { root, rate, count, pace } = feed;
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  const [sent, result] = [join(folder, 'sent'), join(folder, 'result')];
  const epoch = String(process.hrtime.bigint());
  const send = program(root, 'send-datagrams');
  const pinned = processors();
  try {
    const port = await freeUdpPort();
    const receiver = new FifoFilter(feed.receiver(port), { processor: pinned?.filter });
    // a sender that spins leaves nothing for a reader beside it
    const readerAt = pace === 'spins' ? pinned?.filter : pinned?.ends;
    const reader = runOn(readerAt, [receiver.output, 'ignore'], feed.reader(epoch, result));
    receiver.close();
    await untilBound(port);
    const before = cpuOf(receiver.pid);
    const spin = pace === 'spins' ? SPIN_MS : 0;
    await runOn(pinned?.ends, ['ignore', 'ignore'], [...send, ...[port, rate, count, spin, epoch, sent].map(String)]);
    await untilRead(port);
    await idle(receiver.pid);
    const cpu = cpuOf(receiver.pid) - before;
    const drops = udpSocket(port)?.drops ?? Number.NaN;
    process.kill(receiver.pid, 'SIGTERM');
    await Promise.all([receiver.end(20), reader]).catch((error: Error) => {
      throw new Error(`${error.message}; the kernel dropped ${drops} datagrams`);
    });
    const [taken = Number.NaN, late = Number.NaN, ...times] = doubles(sent);
    return { sent: taken, late, times: Float64Array.from(times), drops, cpu, result: read(result) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
