import type { ByteString } from '../line-protocol/byte-string.ts';

/**
 * The name of a value list: `host/plugin[-plugin_instance]/type[-type_instance]` in text. Bytes are opaque to collectd, so parts are byte strings;
 * an absent instance is empty.
 */
export interface Identifier {
  readonly host: ByteString;
  readonly plugin: ByteString;
  readonly pluginInstance: ByteString;
  readonly type: ByteString;
  readonly typeInstance: ByteString;
}

/** Longest part of an identifier in bytes: DATA_MAX_NAME_LEN (128) less the final NUL. */
export const MAX_NAME_BYTES = 127;
