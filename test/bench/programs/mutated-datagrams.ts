/**
 * Decodes broken datagrams with receivers of every kind, and checks what must hold whatever comes.
 *
 *     mutated-datagrams FIXTURES COUNT SEED
 *
 * FIXTURES is the folder of the recordings. Prints a JSON object each second: how far it is, and the memory in MB; at the end the
 * laws that were broken. Run it with --expose-gc, so that the memory is what is in use.
 */
import { DatagramLines, type DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import { findErrors } from '../../../shared/line-protocol/index.ts';
import { mutatorOf } from '../nightly/mutate-datagram.ts';
import { type ReceiverKind, receiverKinds } from '../nightly/receivers.ts';

/** What the program prints. */
export interface MutationProgress {
  done: number;
  /** Lines that came out so far. */
  lines: number;
  /** Most CPU time in ms that one datagram took one receiver. */
  longestMs: number;
  heapMb: number;
  rssMb: number;
  /** Only at the end: broken laws, each with the datagram in base64. */
  broken?: readonly string[];
}

/** Between two looks at memory and clock. */
const BATCH = 1000;
const MOST_BROKEN = 20;

const [folder = '', countText, seedText] = process.argv.slice(2);
const count = Number(countText);
const kinds = receiverKinds(folder);
const receivers = kinds.map(({ options }) => new DatagramLines(options));
const mutator = mutatorOf(folder, Number(seedText));

const broken: string[] = [];
let lines = 0;
let longestMs = 0;

function report(law: string, datagram: Buffer, options: DatagramLinesOptions): void {
  const { naming = 'crosslayer', securityLevel = 'none' } = options;
  broken.push(`${law} (${naming}, ${securityLevel}): ${datagram.toString('base64')}`);
}

/** Bytes of lines, or undefined when the receiver threw. */
function decoded(receiver: DatagramLines, datagram: Buffer, options: DatagramLinesOptions): Buffer | undefined {
  try {
    receiver.decode(datagram);
    return Buffer.from(receiver.take());
  } catch (error) {
    report(`throws ${String(error)}`, datagram, options);
    return undefined;
  }
}

/** Whether all is whole lines that any reader takes. */
function checkLines(text: Buffer, datagram: Buffer, options: DatagramLinesOptions): void {
  if (text.length === 0) return;
  if (text.at(-1) !== 10) report('the last line has no end', datagram, options);
  const [error] = findErrors(text);
  if (error) report(`a line is malformed: ${error.message}`, datagram, options);
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines++;
}

/** What a receiver remembers of earlier datagrams must not show. */
function checkIndependent(text: Buffer, datagram: Buffer, options: DatagramLinesOptions): void {
  const fresh = decoded(new DatagramLines(options), datagram, options);
  if (fresh && !fresh.equals(text)) report('a new receiver gives other lines', datagram, options);
}

function one(isChecked: boolean): void {
  const datagram = mutator.next();
  const before = Buffer.from(datagram);
  for (const [i, receiver] of receivers.entries()) {
    const { options, remembers } = kinds[i] as ReceiverKind;
    const began = process.cpuUsage();
    const text = decoded(receiver, datagram, options);
    const { user, system } = process.cpuUsage(began);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    if (text === undefined) continue;
    checkLines(text, datagram, options);
    if (isChecked && !remembers) checkIndependent(text, datagram, options);
  }
  if (!before.equals(datagram)) report('the datagram was changed', before, {});
}

function say(done: number, end?: { broken: readonly string[] }): void {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const progress: MutationProgress = {
    done,
    lines,
    longestMs,
    heapMb: (heapUsed + external) / 1e6,
    rssMb: rss / 1e6,
    ...end,
  };
  process.stdout.write(`${JSON.stringify(progress)}\n`);
}

let said = performance.now();
for (let done = 0; done < count && broken.length < MOST_BROKEN; done++) {
  one(done % 100 === 0);
  if (done % BATCH !== 0 || performance.now() - said < 1000) continue;
  said = performance.now();
  say(done);
}
say(count, { broken });
