// Where things stand in the kernel's memory, for the kernel and for JavaScript, which imports this file as it is.
// Nothing here is allocated: the memory is made once, with the size that the line limit asks for.

/** Answers of the last call, i32 each unless noted. */
export const RESULT = 0x100;
export const CONSUMED = RESULT; // where the first unfinished record starts
export const NOTABLES_COUNT = RESULT + 4; // notable rows: those that JavaScript must look at, since they are undecided or bad
export const OPEN_QUOTE = RESULT + 8; // the quote that the unfinished record waits to be closed, or 0
export const POOL_FULL = RESULT + 12;
export const NEXT_ROW = RESULT + 16; // where `emit` goes on
export const CURSOR = RESULT + 20;
export const TAG_COUNT = RESULT + 24;
export const MEASUREMENT_END = RESULT + 28;
export const ERROR_AT = RESULT + 32;
export const FIELD_COUNT = RESULT + 36;
export const HAS_TIME = RESULT + 40;
export const FIELDS_END = RESULT + 44;
export const TIME = RESULT + 48; // i64
export const RECORDS = RESULT + 56; // f64, records framed so far
export const COMMENTS = RESULT + 64; // f64, comment lines so far
export const BLANKS = RESULT + 72; // f64, blank lines so far
export const INNER_NEWLINES = RESULT + 96; // f64, newlines inside of strings so far
export const HAS_POWERS = RESULT + 104; // whether POWERS holds its table
export const SLOW_COUNT = RESULT + 92; // fields of the columns whose number JavaScript has to read
export const EDITED = RESULT + 88; // whether any row of the batch changes the bytes
export const MEASUREMENT = RESULT + 108; // number of the measurement of the head walked last, or -1

/** 10^q for q from MIN_POWER to MAX_POWER as 128 bits, high half first; see `../powers-of-ten.ts`. */
export const POWERS = 0x400;
export const MIN_POWER = -27;
export const MAX_POWER = 22;

export const EXACT_POWERS = 0x800; // f64, 10^0 to 10^22

export const NAME_SLOTS = 0x1000; // 512 of 16 bytes
export const NAME_KEY = 0;
export const NAME_LENGTH = 4;
export const NAME_ID = 8; // + 1; 0 in a free slot
export const NAME_SLOT_COUNT = 512;
export const NAME_FILTER = 0x3000; // a byte each
export const NAME_FILTER_MASK = 0x3ff;
export const NAME_BYTES = 0x4000; // 16 KiB
export const NAME_BYTES_END = 0x8000;

export const TAGS = 0x8000; // of the head walked last
export const TAG_SIZE = 20;
export const TAG_ID = 0; // of its name, or -1
export const TAG_KEY = 4;
export const TAG_KEY_END = 8;
export const TAG_VALUE = 12;
export const TAG_VALUE_END = 16;
export const MAX_TAGS = 2048;

export const FIELDS = 0x14000; // of the record read last
export const FIELD_SIZE = 32;
export const FIELD_KEY = 0;
export const FIELD_KEY_END = 4;
export const FIELD_KIND = 8;
export const FIELD_VALUE = 12; // its text, of a string that between the quotes
export const FIELD_VALUE_END = 16;
export const FIELD_NUMBER = 24; // f64, i64 or u64; of a boolean i32
export const MAX_FIELDS = 4096;

export const TALLIES = 0x34000; // f64: how often a decision of this tally was given
export const MAX_TALLIES = 4096;

export const SIGNATURE = 0x3c000; // of the head that was read last
export const MAX_HEAD = 0x2000; // longer heads have no signature: they are known as whole heads only

export const NOTABLES = 0x40000; // row numbers
export const ROWS = 0x48000;
export const ROW_SIZE = 32;
export const ROW_START = 0; // blanks in front included
export const ROW_HEAD = 4;
export const ROW_HEAD_END = 8;
export const ROW_END = 12; // behind the newline
export const ROW_DECISION = 16;
export const ROW_CODE = 20; // of its error, where the decision is BAD
export const ROW_ERROR_AT = 24;
export const ROW_ORDINAL = 28; // in the batch, with comments and blank lines
export const MAX_ROWS = 8192;

export const HEAD_INDEX = 0x88000; // entry + 1
export const HEAD_INDEX_MASK = 0xffff;
export const HEAD_ENTRIES = 0xc8000;
export const MAX_HEADS = 0xc000;
export const ENTRY_SIZE = 24;
export const ENTRY_BYTES = 0;
export const ENTRY_LENGTH = 4;
export const ENTRY_HASH = 8;
export const ENTRY_DECISION = 12;
export const ENTRY_NEXT = 16; // the head that followed last time

/**
 * Measurements that were put into groups; a group has a number, which stands for the measurement in signatures. A kernel with columns, which lie over
 * this, puts none into a group.
 */
export const MEASUREMENT_INDEX = 0x1e8000; // number + 1
export const MEASUREMENT_INDEX_MASK = 0x7ff;
export const MEASUREMENTS = 0x1ea000;
export const MAX_MEASUREMENTS = 0x400;
export const MEASUREMENT_SIZE = 16;
export const MEASUREMENT_BYTES = 0;
export const MEASUREMENT_LENGTH = 4;
export const MEASUREMENT_HASH = 8;
export const MEASUREMENT_GROUP = 12;
export const MEASUREMENT_POOL = 0x1ee000;
export const MEASUREMENT_POOL_END = 0x1fe000;

export const SIGNATURE_INDEX = 0x248000;
export const SIGNATURE_INDEX_MASK = 0xffff;
export const SIGNATURE_ENTRIES = 0x288000;
export const MAX_SIGNATURES = 0x8000;

export const DECISIONS = 0x348000;
export const DECISION_SIZE = 48;
export const DECISION_FLAGS = 0;
export const DECISION_BLOCK = 4; // tags to insert, or the new head
export const DECISION_BLOCK_SIZE = 8;
export const DECISION_FIELDS = 12; // fields to add, or the new field set
export const DECISION_FIELDS_SIZE = 16;
export const DECISION_TALLY = 20;
export const DECISION_FROM_MS = 24; // f64
export const DECISION_TO_MS = 32; // f64
export const MAX_DECISIONS = 0x8000; // behind them one for each row of a batch

export const HEAD_POOL = 0x528000;
export const HEAD_POOL_END = 0x928000;
export const POOL = 0x928000; // signatures and blocks
export const POOL_END = 0xd28000;
/**
 * Room for an unfinished record, as large as the line limit. What follows depends on that limit (`../kernel.ts`): the read area; the output, behind it spare room; `aside`, for lines that stages make
 * themselves; the edits of transient decisions, which are for one row of one batch.
 */
export const CARRY = 0xd28000;

// A kernel that reads values instead of deciding has columns where the memory of decisions would be.
export const LINE_COLUMN = 0x88000;
export const LINE_COLUMN_SIZE = 48;
export const LINE_CODE = 0; // of its error, or 0
export const LINE_ERROR_AT = 4;
export const LINE_MEASUREMENT_END = 8;
export const LINE_FIRST_TAG = 12;
export const LINE_TAGS = 16;
export const LINE_FIRST_FIELD = 20;
export const LINE_FIELDS = 24;
export const LINE_HAS_TIME = 28;
export const LINE_TIME = 32; // i64
export const TAG_COLUMN = 0x108000; // as TAGS
export const MAX_TAG_COLUMN = 0x10000;
export const FIELD_COLUMN = 0x288000; // as FIELDS
export const MAX_FIELD_COLUMN = 0x10000;
export const SLOW_FIELDS = 0x488000; // positions of the fields that JavaScript has to read

/** What `scan` does with a head besides framing; CHECK_FIELDS goes with DECIDE. */
export const FRAME_ONLY = 0;
export const DECIDE = 1;
export const CHECK_FIELDS = 2;

/** What a decision does. */
export const INSERT = 1; // its block goes to the end of the tag set
export const REPLACE = 2; // its block is the new head
export const FIELDS_BLOCK = 4; // its field block goes to the end of the field set
export const DROP = 8;
export const TIMED = 16; // good for line times in [from, to)
export const NEW_FIELDS = 64; // its field block is the new field set
export const DYNAMIC = 32; // asked anew for every line

/** Decisions of a row that are none. */
export const UNDECIDED = -1;
export const BAD = -2;
export const ASKED_ANEW = -3; // its decision is to ask

export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

/** Numbers of the error codes: position in `../errors.ts`, from 1. */
export const NO_MEASUREMENT = 1;
export const BAD_TAG = 2;
export const NO_FIELDS = 3;
export const BAD_FIELD_KEY = 4;
export const BAD_FIELD_VALUE = 5;
export const BAD_ESCAPE = 6;
export const UNCLOSED_QUOTE = 7;
export const OUT_OF_RANGE = 8;
export const BAD_TIMESTAMP = 9;
export const TRAILING_TEXT = 10;
export const TOO_LONG = 11;

/** Kinds of a field's value. A slow float is one that only `Number()` reads exactly. */
export const FLOAT = 0;
export const INTEGER = 1;
export const UNSIGNED = 2;
export const BOOLEAN = 3;
export const STRING = 4;
export const SLOW_FLOAT = 5;
