import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldValue } from '../../shared/line-protocol/line-view.ts';

/** What the text of a field's value says, e.g. `7i` or `"x"`; strings without escapes but `\"` and `\\`. */
export function readFieldValue(text: ByteString): FieldValue {
  if (text.startsWith('"')) {
    return { kind: 'string', value: text.slice(1, -1).replace(/\\(["\\])/g, '$1') as ByteString };
  }
  if (/^-?\d+i$/.test(text)) return { kind: 'integer', value: BigInt(text.slice(0, -1)) };
  if (/^\d+u$/.test(text)) return { kind: 'unsigned', value: BigInt(text.slice(0, -1)) };
  if (/^(true|false)$/.test(text)) return { kind: 'boolean', value: text === toByteString('true') };
  return { kind: 'float', value: Number(text) };
}
