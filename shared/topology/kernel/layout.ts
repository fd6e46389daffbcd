// Where things stand in the kernel's memory, for the kernel and for JavaScript, which imports this file as it is.

/** Answers of the last call, i32 each. */
export const RESULT = 0x100;
export const ERROR = RESULT; // one of the codes below, or 0
export const ERROR_AT = RESULT + 4;
export const LIST_ENDED = RESULT + 8;
export const ROW_COUNT = RESULT + 12;
export const ESCAPED_ROW = RESULT + 16; // the last row of which key or id hold escapes + 1; NEXT leads to others
export const ROWS = RESULT + 20; // address of the first row
export const HEADS = RESULT + 24; // address of the table of chains
export const HEAD_MASK = RESULT + 28;
export const STRING_ESCAPED = RESULT + 32; // whether the string passed last holds escapes

export const COUNTS = 0x180; // how many versions of entities of each kind, i32

/** The file's text, with a byte 0 behind it. Rows and chains follow. */
export const TEXT = 0x10000;

// a row is one version of an entity or link: places in the text instead of objects
export const HASH = 0;
export const NEXT = 4; // row + 1
export const FLAGS = 8;
export const KEY_START = 12; // links only
export const KEY_END = 16;
export const ID_START = 20;
export const ID_END = 24;
export const ATTRS_START = 28; // entities only; 0 without
export const ATTRS_END = 32;
export const FROM_MS = 40; // f64, -infinity: null
export const TO_MS = 48; // f64, infinity: null
export const ROW_SIZE = 56;

export const KIND_MASK = 0x0f; // position in ENTITY_KINDS
export const LINK = 0x10;
export const KEY_ESCAPED = 0x20; // the start is a number that JavaScript gave, see `topology-rows.ts`
export const ID_ESCAPED = 0x40;

/** FNV-1a. */
export const HASH_START = -2128831035;
export const HASH_PRIME = 16777619;
/** Container ids come with 12 and 64 characters: only these count for the hash, so that both forms meet. */
export const SHORT_CONTAINER_ID = 12;

/** Deeper nesting is refused: no snapshot needs it, and it would cost stack. */
export const MAX_DEPTH = 32;
/** A larger element is refused, since it cannot be read in slices. Real ones have some hundred bytes. */
export const MAX_ELEMENT = 0x100000;

/** What is wrong; `snapshot-reader.ts` has the words. */
export const EXPECTED_VALUE = 1;
export const EXPECTED_TABLE = 2;
export const EXPECTED_NAME = 3;
export const EXPECTED_COLON = 4;
export const EXPECTED_COMMA_OR_BRACE = 5;
export const EXPECTED_COMMA_OR_BRACKET = 6;
export const EXPECTED_TEXT = 7;
export const EXPECTED_TIME = 8;
export const BAD_ESCAPE = 9;
export const CONTROL_CHARACTER = 10;
export const TOO_DEEP = 11;
export const BAD_NUMBER = 12;
export const EMPTY_TEXT = 13;
export const ELEMENT_TOO_LARGE = 14;
export const ENTITY_INCOMPLETE = 15;
export const LINK_INCOMPLETE = 16;
export const NO_MEMORY = 17;
