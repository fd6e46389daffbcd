// Where things stand in the kernel's memory, for the kernel and for JavaScript, which imports this file as it is.
// Nothing here is allocated: the memory is made once, with the size that the line limit asks for.

/** Answers of the last call, i32 each unless noted. */
export const RESULT: i32 = 0x100;
export const CONSUMED: i32 = RESULT; // where the first unfinished record starts
export const NOTABLES_COUNT: i32 = RESULT + 4; // rows that JavaScript must look at
export const OPEN_QUOTE: i32 = RESULT + 8; // the quote that the unfinished record waits to be closed, or 0
export const POOL_FULL: i32 = RESULT + 12;
export const NEXT_ROW: i32 = RESULT + 16; // where `emit` goes on
export const CURSOR: i32 = RESULT + 20;
export const TAG_COUNT: i32 = RESULT + 24;
export const MEASUREMENT_END: i32 = RESULT + 28;
export const ERROR_AT: i32 = RESULT + 32;
export const FIELD_COUNT: i32 = RESULT + 36;
export const HAS_TIME: i32 = RESULT + 40;
export const FIELDS_END: i32 = RESULT + 44;
export const TIME: i32 = RESULT + 48; // i64
export const RECORDS: i32 = RESULT + 56; // f64, records framed so far
export const COMMENTS: i32 = RESULT + 64; // f64, comment lines so far
export const BLANKS: i32 = RESULT + 72; // f64, blank lines so far
export const EDITED: i32 = RESULT + 88; // whether any row of the batch changes the bytes

export const NAME_SLOTS: i32 = 0x1000; // 512 of 16 bytes: key, length, id + 1, hash
export const NAME_SLOT_COUNT: i32 = 512;
export const NAME_BYTES: i32 = 0x4000; // 16 KiB
export const NAME_BYTES_END: i32 = 0x8000;

export const TAGS: i32 = 0x8000; // of the head walked last: name id or -1, key start, key end, value start, value end
export const TAG_SIZE: i32 = 20;
export const MAX_TAGS: i32 = 2048;

export const FIELDS: i32 = 0x14000; // of the record read last: key start, key end, kind, value start, value end, 0, value (8 bytes)
export const FIELD_SIZE: i32 = 32;
export const MAX_FIELDS: i32 = 4096;

export const TALLIES: i32 = 0x34000; // f64: how often a decision of this tally was given
export const MAX_TALLIES: i32 = 4096;

export const SIGNATURE: i32 = 0x3c000; // of the head walked last
export const MAX_HEAD: i32 = 0x2000; // longer heads are decided one by one

export const NOTABLES: i32 = 0x40000; // row numbers
export const ROWS: i32 = 0x48000;
export const ROW_SIZE: i32 = 32; // start, head start, head end, end, decision, code, error position, ordinal in the batch
export const MAX_ROWS: i32 = 8192;

export const HEAD_INDEX: i32 = 0x88000; // entry + 1
export const HEAD_INDEX_MASK: i32 = 0xffff;
export const HEAD_ENTRIES: i32 = 0xc8000;
export const MAX_HEADS: i32 = 0xc000;
export const ENTRY_SIZE: i32 = 24; // bytes, length, hash, decision, next
export const SIGNATURE_INDEX: i32 = 0x248000;
export const SIGNATURE_INDEX_MASK: i32 = 0xffff;
export const SIGNATURE_ENTRIES: i32 = 0x288000;
export const MAX_SIGNATURES: i32 = 0x8000;

export const DECISIONS: i32 = 0x348000; // flags, block, length, field block, length, tally, from ms (f64), to ms (f64)
export const DECISION_SIZE: i32 = 48;
export const MAX_DECISIONS: i32 = 0x8000; // behind them one for each row of a batch

export const HEAD_POOL: i32 = 0x528000;
export const HEAD_POOL_END: i32 = 0x928000;
export const POOL: i32 = 0x928000; // signatures and blocks
export const POOL_END: i32 = 0xd28000;
/** Blocks of decisions that are made for one line only; empty again at every batch. */
export const TRANSIENT: i32 = 0xd28000;
export const TRANSIENT_END: i32 = 0xe28000;
/** Room for an unfinished record, as large as the line limit; the read area, the output and slack follow. */
export const CARRY: i32 = 0xe28000;

/** What a decision does. */
export const INSERT: i32 = 1; // its block goes to the end of the tag set
export const REPLACE: i32 = 2; // its block is the new head
export const FIELDS_BLOCK: i32 = 4; // its field block goes to the end of the field set
export const DROP: i32 = 8;
export const TIMED: i32 = 16; // good for line times in [from, to)
export const DYNAMIC: i32 = 32; // asked anew for every line

/** Decisions of a row that are none. */
export const UNDECIDED: i32 = -1;
export const BAD: i32 = -2;

export const LF: i32 = 0x0a;
export const CR: i32 = 0x0d;
export const SPACE: i32 = 0x20;
export const QUOTE: i32 = 0x22;
export const HASH: i32 = 0x23;
export const COMMA: i32 = 0x2c;
export const MINUS: i32 = 0x2d;
export const DOT: i32 = 0x2e;
export const EQUALS: i32 = 0x3d;
export const BACKSLASH: i32 = 0x5c;

/** Numbers of the error codes: position in `../errors.ts`, from 1. */
export const NO_MEASUREMENT: i32 = 1;
export const BAD_TAG: i32 = 2;
export const NO_FIELDS: i32 = 3;
export const BAD_FIELD_KEY: i32 = 4;
export const BAD_FIELD_VALUE: i32 = 5;
export const UNCLOSED_QUOTE: i32 = 7;
export const OUT_OF_RANGE: i32 = 8;
export const BAD_TIMESTAMP: i32 = 9;
export const TRAILING_TEXT: i32 = 10;
export const TOO_LONG: i32 = 11;

/** Kinds of a field's value. A slow float is one that only `Number()` reads exactly. */
export const FLOAT: i32 = 0;
export const INTEGER: i32 = 1;
export const UNSIGNED: i32 = 2;
export const BOOLEAN: i32 = 3;
export const STRING: i32 = 4;
export const SLOW_FLOAT: i32 = 5;
