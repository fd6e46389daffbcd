/** The parts of a datagram, `PART_…`, by their number on the wire (src/network.h). Names and messages are texts with a NUL at their end. */
export const PART_HOST = 0x0000;
/** Seconds since 1970; collectd 4 and libraries send it, collectd 5 sends `PART_TIME_HR`. */
export const PART_TIME = 0x0001;
export const PART_PLUGIN = 0x0002;
export const PART_PLUGIN_INSTANCE = 0x0003;
export const PART_TYPE = 0x0004;
export const PART_TYPE_INSTANCE = 0x0005;
export const PART_VALUES = 0x0006;
/** Seconds. */
export const PART_INTERVAL = 0x0007;
/** cdtime. */
export const PART_TIME_HR = 0x0008;
/** cdtime. */
export const PART_INTERVAL_HR = 0x0009;
/** The last part of a notification. */
export const PART_MESSAGE = 0x0100;
export const PART_SEVERITY = 0x0101;
export const PART_SIGNATURE = 0x0200;
export const PART_ENCRYPTION = 0x0210;

/** Bytes of type and length, which stand before every part; the length counts them. */
export const PART_HEADER_BYTES = 4;
/** Length of a part that holds a 64-bit number. */
export const NUMBER_PART_BYTES = 12;
/** A values part has so many bytes in front of its values: header and number of values. All kinds come first, a byte each, then eight bytes a value. */
export const VALUES_HEADER_BYTES = 6;
/** Of one value: its kind and itself. */
export const VALUE_BYTES = 9;

/** Kinds of data sources in a values part, `KIND_…`: the indices of `DATA_SOURCE_KINDS`. */
export const KIND_COUNTER = 0;
/** The only little-endian number on the wire. */
export const KIND_GAUGE = 1;
export const KIND_DERIVE = 2;
export const KIND_ABSOLUTE = 3;
