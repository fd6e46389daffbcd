/** A Buffer with the methods that `toString('latin1', …)` and `write(…, 'latin1')` come down to. Node's types leave them out. */
interface Latin1Buffer extends Buffer {
  latin1Write(text: string, at: number): number;
}

const FIRST_BYTES = 64 * 1024;
/** Digits are written in larger pieces than they have. */
const SLACK = 8;

/**
 * Memory that complete lines wait in, with a room in front for the head of the line under way: copying inside one buffer is the cheapest
 * copy there is.
 */
export class LineMemory {
  readonly #room: number;
  readonly #maxBytes: number;
  bytes: Buffer;
  /** The same, for numbers. */
  view: DataView;
  /** Behind the last complete line. */
  end: number;

  /** @param maxBytes most bytes of lines that wait to be taken */
  constructor(room: number, maxBytes: number) {
    this.#room = room;
    this.#maxBytes = maxBytes;
    this.bytes = Buffer.allocUnsafeSlow(room + Math.min(FIRST_BYTES, maxBytes) + SLACK);
    this.view = viewOf(this.bytes);
    this.end = room;
  }

  /** Bytes of complete lines. */
  get size(): number {
    return this.end - this.#room;
  }

  /** Makes room for so many bytes behind the last line; false when there would be too many. */
  reserve(count: number): boolean {
    const needed = this.end + count;
    if (needed <= this.bytes.length - SLACK) return true;
    const largest = this.#room + this.#maxBytes;
    if (needed > largest) return false;
    const larger = Buffer.allocUnsafeSlow(Math.min(largest, Math.max(needed, this.bytes.length * 2)) + SLACK);
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
    this.view = viewOf(larger);
    return true;
  }

  /** Adds a line if it fits. @param line with its newline, one character a byte */
  add(line: string): boolean {
    if (!this.reserve(line.length)) return false;
    this.end += (this.bytes as Latin1Buffer).latin1Write(line, this.end);
    return true;
  }

  /** The complete lines, until more are written: the memory is used again. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(this.#room, this.end);
    this.end = this.#room;
    return taken;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
