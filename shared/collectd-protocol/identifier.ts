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

/** Whether a part is longer than collectd keeps. */
export function hasLongPart({ host, plugin, pluginInstance, type, typeInstance }: Identifier): boolean {
  return (
    host.length > MAX_NAME_BYTES ||
    plugin.length > MAX_NAME_BYTES ||
    pluginInstance.length > MAX_NAME_BYTES ||
    type.length > MAX_NAME_BYTES ||
    typeInstance.length > MAX_NAME_BYTES
  );
}
