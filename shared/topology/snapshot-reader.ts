import * as layout from './kernel/layout.ts';
import { readHeader, SnapshotError, type SnapshotHeader } from './snapshot-header.ts';
import type { SnapshotKernel } from './snapshot-kernel.ts';
import { TopologyRows } from './topology-rows.ts';

const { TEXT } = layout;

/** So much is read before the stream gets its turn: well under a millisecond of work. */
const SLICE_BYTES = 128 * 1024;
const SLICE_ROWS = 20_000;
const SLICE_ESCAPED_ROWS = 1000;

/** Room for everything beside entities and links: the header and the states of the sources. */
const MAX_HEADER_BYTES = 64 * 1024;

const OPEN_LIST = 0x5b;
const OPEN_TABLE = 0x7b;
const CLOSE_TABLE = 0x7d;

/** Reads the snapshot that stands in a kernel, in slices. Call `step` until it gives true, then take `header` and `rows`. */
export class SnapshotReader {
  readonly #kernel: SnapshotKernel;
  readonly #end: number;
  readonly #headerMembers: Record<string, unknown> = Object.create(null);
  readonly #seen = new Set<string>();
  #headerBytes = 0;
  #header: SnapshotHeader | undefined;
  #rows: TopologyRows | undefined;
  #state: 'start' | 'member' | 'entities' | 'links' | 'decoding' | 'linking' = 'start';
  #first = true;
  #position = TEXT;
  /** From the first to behind the last byte of `entities` and `links` in the kernel's memory: what stays equal while nothing happens. */
  bodyStart = 0;
  bodyEnd = 0;

  /** @param size of the text, which stands where `kernel.room(size + 1)` said, with one byte 0 behind it. */
  constructor(kernel: SnapshotKernel, size: number) {
    this.#kernel = kernel;
    this.#end = TEXT + size;
    if (!kernel.call.begin(this.#end)) throw new SnapshotError('too_large', 'There is not enough memory for it');
  }

  /** What the snapshot says about itself. There after the last step. */
  get header(): SnapshotHeader {
    if (this.#header === undefined) throw new Error('The snapshot was not read to its end');
    return this.#header;
  }

  /** Ready for lookups after the last step. */
  get rows(): TopologyRows {
    if (this.#rows === undefined) throw new Error('The snapshot was not read to its end');
    return this.#rows;
  }

  /**
   * Reads the next slice. True when all is read.
   * @throws {SnapshotError} when this is no snapshot.
   */
  step(): boolean {
    const stop = this.#position + SLICE_BYTES;
    while (this.#position < stop) {
      if (this.#state === 'decoding') {
        if (this.rows.decodeSome(SLICE_ESCAPED_ROWS)) this.#state = 'linking';
        return false;
      }
      if (this.#state === 'linking') return this.#link();
      if (this.#state === 'entities' || this.#state === 'links') this.#elements(this.#state, stop);
      else this.#member();
    }
    return false;
  }

  #member(): void {
    const { call } = this.#kernel;
    if (this.#state === 'start') {
      this.#position = call.skipBlanks(TEXT);
      this.#take(OPEN_TABLE, 'an object');
    }
    this.#goTo(call.nextName(this.#position, Number(this.#state === 'start')));
    this.#state = 'member';
    if (this.#byte() === CLOSE_TABLE) {
      this.#position++;
      this.#endOfText();
      return;
    }
    const nameStart = this.#position;
    const name = JSON.parse(this.#text(nameStart, this.#goTo(call.skipString(nameStart)))) as string;
    if (this.#seen.has(name)) throw this.#error(`${JSON.stringify(name)} stands twice`, nameStart);
    this.#seen.add(name);
    this.#goTo(call.skipColon(this.#position));
    this.#goTo(call.skipBlanks(this.#position));
    if (name === 'entities' || name === 'links') {
      if (this.bodyStart === 0) this.bodyStart = nameStart;
      this.#take(OPEN_LIST, 'a list');
      this.#state = name;
      this.#first = true;
    } else {
      this.#headerMembers[name] = this.#headerMember();
    }
  }

  #headerMember(): unknown {
    const start = this.#position;
    const end = this.#goTo(this.#kernel.call.skipValue(start, 0));
    this.#headerBytes += end - start;
    if (this.#headerBytes > MAX_HEADER_BYTES) throw this.#error('Too much beside entities and links', start);
    return JSON.parse(this.#text(start, end));
  }

  #elements(list: 'entities' | 'links', stop: number): void {
    const { call } = this.#kernel;
    this.#goTo(call.readElements(this.#position, Number(list === 'links'), Number(this.#first), stop));
    this.#first = false;
    if (this.#kernel.i32[layout.LIST_ENDED >> 2] === 0) return;
    this.#state = 'member';
    this.bodyEnd = this.#position;
  }

  #endOfText(): void {
    this.#goTo(this.#kernel.call.skipBlanks(this.#position));
    if (this.#position !== this.#end) throw this.#unexpected('the end', this.#position);
    this.#header = readHeader(this.#headerMembers);
    for (const name of ['entities', 'links']) {
      if (!this.#seen.has(name)) throw new SnapshotError('corrupt', `There is no "${name}" in it`);
    }
    this.#rows = new TopologyRows(this.#kernel);
    this.#state = 'decoding';
  }

  #link(): boolean {
    const done = this.#kernel.call.linkRows(SLICE_ROWS) !== 0;
    if (this.#kernel.i32[layout.ERROR >> 2] !== 0) throw this.#kernelError();
    return done;
  }

  #byte(): number {
    return this.#kernel.bytes[this.#position] as number;
  }

  #take(byte: number, what: string): void {
    if (this.#byte() !== byte) throw this.#unexpected(what, this.#position);
    this.#position++;
  }

  /** Takes over where the kernel has come to. */
  #goTo(position: number): number {
    if (position < 0) throw this.#kernelError();
    this.#position = position;
    return position;
  }

  #text(start: number, end: number): string {
    return this.#kernel.bytes.toString('utf8', start, end);
  }

  #kernelError(): SnapshotError {
    const { i32 } = this.#kernel;
    const code = i32[layout.ERROR >> 2] as number;
    const at = i32[layout.ERROR_AT >> 2] as number;
    if (code === layout.NO_MEMORY) return new SnapshotError('too_large', 'There is not enough memory for it');
    const expected = EXPECTED[code];
    return expected === undefined ? this.#error(WORDS[code] ?? 'No JSON', at) : this.#unexpected(expected, at);
  }

  #unexpected(expected: string, at: number): SnapshotError {
    if (at >= this.#end) return this.#error(`It ends where ${expected} should be`, at);
    const found = JSON.stringify(this.#text(at, Math.min(at + 12, this.#end)));
    return this.#error(`Expected ${expected}, found ${found}`, at);
  }

  #error(text: string, at: number): SnapshotError {
    const ended = at >= this.#end && !text.startsWith('It ends') ? ': it ends there' : '';
    return new SnapshotError('corrupt', `${text} at byte ${at - TEXT}${ended}`);
  }
}

const EXPECTED: Readonly<Record<number, string>> = {
  [layout.EXPECTED_VALUE]: 'a value',
  [layout.EXPECTED_TABLE]: 'an object',
  [layout.EXPECTED_NAME]: 'a name in quotes',
  [layout.EXPECTED_COLON]: '":"',
  [layout.EXPECTED_COMMA_OR_BRACE]: '"," or "}"',
  [layout.EXPECTED_COMMA_OR_BRACKET]: '"," or "]"',
  [layout.EXPECTED_TEXT]: 'a text in quotes',
  [layout.EXPECTED_TIME]: 'milliseconds or null',
};

const WORDS: Readonly<Record<number, string>> = {
  [layout.BAD_ESCAPE]: 'Bad escape in a text',
  [layout.CONTROL_CHARACTER]: 'Control character in a text',
  [layout.TOO_DEEP]: `More than ${layout.MAX_DEPTH} levels`,
  [layout.BAD_NUMBER]: 'Bad number',
  [layout.EMPTY_TEXT]: 'Empty key or id',
  [layout.ELEMENT_TOO_LARGE]: 'Entity or link of more than 1 MiB',
  [layout.ENTITY_INCOMPLETE]: 'Entity without kind or id',
  [layout.LINK_INCOMPLETE]: 'Link without key, kind or id',
};
