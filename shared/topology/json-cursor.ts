const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_TABLE = 0x7b;
const CLOSE_TABLE = 0x7d;

/** Deeper nesting is refused: no snapshot needs it, and it would cost stack. */
const MAX_DEPTH = 32;

/** The text is not JSON (RFC 8259), or not the JSON that was expected; `offset` is in bytes. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/**
 * Walks over JSON as bytes without making values of it, checking all that it passes. It can stop anywhere between two
 * values, so that a large text is read in slices.
 */
export class JsonCursor {
  readonly bytes: Uint8Array;
  position = 0;
  readonly #end: number;

  /** @param bytes with at least one byte 0 behind `end`, which stops every loop. */
  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.#end = end;
    if (bytes[end] !== 0) throw new RangeError('No zero byte behind the text');
  }

  /** The next byte that is no blank; 0 at the end. */
  peek(): number {
    const bytes = this.bytes;
    let p = this.position;
    let byte = bytes[p] as number;
    while (byte === 0x20 || (byte <= 0x0d && (byte === 0x0a || byte === 0x0d || byte === 0x09)))
      byte = bytes[++p] as number;
    this.position = p;
    return byte;
  }

  atEnd(): boolean {
    return this.peek() === 0 && this.position >= this.#end;
  }

  /** Passes this byte if it is next. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  openTable(): void {
    if (!this.take(OPEN_TABLE)) throw this.unexpected('an object');
  }

  openList(): void {
    if (!this.take(OPEN_LIST)) throw this.unexpected('a list');
  }

  /**
   * Goes over the next member's name in the table that was opened, and over its colon. Gives where the name begins, it ends at
   * `nameEnd`; 0, and over the brace, when there is no other member.
   */
  nextMember(first: boolean): number {
    const byte = this.peek();
    if (byte === CLOSE_TABLE) {
      this.position++;
      return 0;
    }
    if (!first) {
      if (byte !== COMMA) throw this.unexpected('"," or "}"');
      this.position++;
    }
    if (this.peek() !== QUOTE) throw this.unexpected('a name in quotes');
    const start = this.position + 1;
    this.skipString();
    this.nameEnd = this.position - 1;
    if (this.peek() !== COLON) throw this.unexpected('":"');
    this.position++;
    return start;
  }

  /** Where the name of the last `nextMember` ends. */
  nameEnd = 0;

  /** Whether another element follows in the list that was opened; false and over the bracket when there is none. */
  nextElement(first: boolean): boolean {
    const byte = this.peek();
    if (byte === CLOSE_LIST) {
      // `[1,]` cannot come here: a comma is only passed when asked for the element behind it
      this.position++;
      return false;
    }
    if (!first) {
      if (byte !== COMMA) throw this.unexpected('"," or "]"');
      this.position++;
      if (this.peek() === CLOSE_LIST) throw this.unexpected('a value');
    }
    return true;
  }

  /** True when the string holds an escape. */
  skipString(): boolean {
    const bytes = this.bytes;
    let escaped = false;
    let p = this.position + 1;
    for (;;) {
      const byte = bytes[p] as number;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        p = this.#escape(p);
        escaped = true;
      } else if (byte < 0x20) throw this.#badString(p);
      else p++;
    }
    this.position = p + 1;
    return escaped;
  }

  #escape(p: number): number {
    const byte = this.bytes[p + 1] as number;
    if (byte === 0x75) {
      for (let i = 2; i < 6; i++)
        if (!isHexDigit(this.bytes[p + i] as number)) throw new JsonSyntaxError('Bad escape', p);
      return p + 6;
    }
    // " \ / b f n r t
    if (
      byte === 0x22 ||
      byte === 0x5c ||
      byte === 0x2f ||
      byte === 0x62 ||
      byte === 0x66 ||
      byte === 0x6e ||
      byte === 0x72 ||
      byte === 0x74
    ) {
      return p + 2;
    }
    throw p + 1 >= this.#end ? this.#badString(p + 1) : new JsonSyntaxError('Bad escape', p);
  }

  #badString(p: number): JsonSyntaxError {
    return new JsonSyntaxError(p >= this.#end ? 'Ends inside a string' : 'Control character in a string', p);
  }

  /** Passes a value of any kind. */
  skipValue(depth = 0): void {
    const byte = this.peek();
    if (byte === QUOTE) this.skipString();
    else if (byte === OPEN_TABLE) this.#skipTable(depth + 1);
    else if (byte === OPEN_LIST) this.#skipList(depth + 1);
    else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) this.#skipNumber();
    else if (!this.#skipWord('null') && !this.#skipWord('true') && !this.#skipWord('false'))
      throw this.unexpected('a value');
  }

  #skipTable(depth: number): void {
    if (depth > MAX_DEPTH) throw new JsonSyntaxError('Nested too deep', this.position);
    this.position++;
    for (let first = true; this.nextMember(first) !== 0; first = false) this.skipValue(depth);
  }

  #skipList(depth: number): void {
    if (depth > MAX_DEPTH) throw new JsonSyntaxError('Nested too deep', this.position);
    this.position++;
    for (let first = true; this.nextElement(first); first = false) this.skipValue(depth);
  }

  #skipWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.position + i] !== word.charCodeAt(i)) return false;
    this.position += word.length;
    return true;
  }

  #skipNumber(): void {
    const start = this.position;
    let p = start;
    while (isNumberByte(this.bytes[p] as number)) p++;
    const text = latin1(this.bytes, start, p);
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(text))
      throw new JsonSyntaxError(`Bad number ${JSON.stringify(text)}`, start);
    this.position = p;
  }

  /** A number or null, which is undefined. */
  numberOrNull(): number | undefined {
    const byte = this.peek();
    if (byte === 0x6e && this.#skipWord('null')) return undefined;
    if (byte !== 0x2d && !(byte >= 0x30 && byte <= 0x39)) throw this.unexpected('a number or null');
    // times are 13 digits: those are read without making a text of them
    const bytes = this.bytes;
    let p = this.position;
    let value = 0;
    let digit = byte - 0x30;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++p] as number) - 0x30;
    }
    if (byte > 0x30 && p - this.position <= 15 && !isNumberByte(bytes[p] as number)) {
      this.position = p;
      return value;
    }
    const start = this.position;
    this.#skipNumber();
    return Number(latin1(bytes, start, this.position));
  }

  unexpected(wanted: string): JsonSyntaxError {
    const at = this.position;
    if (at >= this.#end) return new JsonSyntaxError(`Ends where ${wanted} should be`, at);
    const found = JSON.stringify(Buffer.from(this.bytes.subarray(at, Math.min(at + 12, this.#end))).toString('latin1'));
    return new JsonSyntaxError(`Expected ${wanted}, found ${found}`, at);
  }
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45 || byte === 0x65
  );
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
