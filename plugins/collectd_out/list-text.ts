import { writeSourceText } from '../../shared/collectd-lines/source-value.ts';
import { quoteField } from '../../shared/collectd-protocol/field-text.ts';
import { formatIdentifier } from '../../shared/collectd-protocol/identifier-text.ts';
import { PutvalName } from '../../shared/collectd-protocol/putval-name.ts';
import { MAX_TEXT_LINE_BYTES } from '../../shared/collectd-protocol/putval-writer.ts';
import type { WriteProblem } from '../../shared/collectd-protocol/write-problem.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { Refusal } from './head-plan.ts';
import { intervalText } from './line-interval.ts';
import { shown } from './line-name.ts';
import type { ListTarget } from './list-target.ts';
import { refusalOf } from './refusal-of.ts';

/** What a line may have besides its prefix, interval and values before its length is looked at: its time and end. */
const LINE_ROOM = 128;
/** Longest text of a value, with its colon. */
const VALUE_ROOM = 40;
const FIRST_SIZE = 65_536;
/** A buffer that became larger than this is given up after use, and so are more than so many. */
const KEPT_SIZE = 1 << 20;
const MAX_SPARE = 4;
const DECIMALS = 9;
const BILLION = 1_000_000_000n;
const COLON = 0x3a;
const DOT = 0x2e;
const LF = 0x0a;
const UNKNOWN = 0x55; // U
const ZERO = 0x30;

/**
 * PUTVAL lines, written into memory until they are taken. Numbers are copied from the line, digit by digit: that is exact and costs least.
 */
export class ListText {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  readonly #spare: Buffer[] = [];
  #end = 0;
  /** The time of the line before and its text: lines of one moment follow one another. */
  #timeNs = -1n;
  readonly #timeText = Buffer.allocUnsafeSlow(64);
  #timeEnd = 0;
  #interval: number | undefined;
  #intervalText = Buffer.alloc(0);

  /** Bytes that wait. */
  get size(): number {
    return this.#end;
  }

  /** The lines since the last call; valid until they are given back. */
  take(): Buffer {
    const lines = this.#bytes.subarray(0, this.#end);
    this.#bytes = this.#spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
    this.#end = 0;
    return lines;
  }

  /** The bytes of `take` may be used again: fresh memory costs as much as what is written into it. */
  giveBack(lines: Buffer): void {
    const { buffer } = lines;
    if (this.#spare.length < MAX_SPARE && buffer.byteLength <= KEPT_SIZE) this.#spare.push(Buffer.from(buffer));
  }

  /** Adds a line that was written elsewhere, with its newline. */
  add(line: ByteString): void {
    this.#reserve(line.length);
    this.#end += this.#bytes.write(line, this.#end, 'latin1');
  }

  /** Gives why the list has no line. */
  write(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined {
    const prefix = target.prefix ?? prefixOf(target);
    if ('reason' in prefix) return refusalOf(prefix);
    target.prefix = prefix;
    const { kinds, fields } = target;
    if (interval !== undefined && interval !== this.#interval) this.#setInterval(interval);
    const intervalBytes = interval === undefined ? 0 : this.#intervalText.length;
    this.#reserve(prefix.length + intervalBytes + kinds.length * VALUE_ROOM + LINE_ROOM);
    const bytes = this.#bytes;
    const start = this.#end;
    bytes.set(prefix, start);
    let at = start + prefix.length;
    if (interval !== undefined) {
      bytes.set(this.#intervalText, at);
      at += intervalBytes;
    }
    if (timeNs !== this.#timeNs) this.#setTime(timeNs);
    const time = this.#timeText;
    for (let p = 0, end = this.#timeEnd; p < end; p++) bytes[at++] = time[p] as number;
    for (let source = 0; source < kinds.length; source++) {
      const f = fields[source] as number;
      bytes[at++] = COLON;
      if (f < 0) bytes[at++] = UNKNOWN;
      else at = writeSourceText(batch, f, kinds[source] as 'gauge', bytes, at);
    }
    bytes[at++] = LF;
    if (at - start > MAX_TEXT_LINE_BYTES) return tooLong(target, at - start);
    this.#end = at;
    return undefined;
  }

  #setInterval(interval: number): void {
    this.#interval = interval;
    this.#intervalText = Buffer.from(`interval=${intervalText(interval)} `, 'latin1');
  }

  /** Seconds with as many decimals as the time has. */
  #setTime(timeNs: bigint): void {
    this.#timeNs = timeNs;
    const seconds = timeNs / BILLION;
    let fraction = Number(timeNs - seconds * BILLION);
    const text = this.#timeText;
    let end = text.write(String(seconds), 0, 'latin1');
    if (fraction > 0) {
      text[end] = DOT;
      for (let at = end + DECIMALS; at > end; at--) {
        const rest = Math.floor(fraction / 10);
        text[at] = ZERO + fraction - rest * 10;
        fraction = rest;
      }
      end += DECIMALS + 1;
      while (text[end - 1] === ZERO) end--;
    }
    this.#timeEnd = end;
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow((this.#end + size) * 2);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** The line up to the interval; why there is none for an identifier that would be read as another one. */
function prefixOf({ identifier, meta }: ListTarget): Uint8Array | WriteProblem {
  const name = PutvalName.of(identifier);
  if (!(name instanceof PutvalName)) return name;
  if (meta.length === 0) return name.bytes;
  // the inner quotes say that it is a string
  const options = meta.map((data) => `meta:${data.name}=${quoteField(`"${data.value}"` as ByteString)} `).join('');
  return Buffer.concat([name.bytes, Buffer.from(options, 'latin1')]);
}

function tooLong({ identifier }: ListTarget, bytes: number): Refusal {
  return {
    reason: 'too_long',
    message: `A line for ${shown(formatIdentifier(identifier))} would have ${bytes} bytes, collectd reads at most ${MAX_TEXT_LINE_BYTES}`,
  };
}
