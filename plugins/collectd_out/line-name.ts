import type { LineHead } from '../../shared/collectd-lines/line-head.ts';
import { cutAtCharacter } from '../../shared/collectd-protocol/utf8.ts';
import { type ByteString, fromByteString } from '../../shared/line-protocol/byte-string.ts';
import { visible } from '../../shared/line-protocol/messages.ts';

const SHOWN_BYTES = 120;

/** Measurement and tags of a line for a message, in quotes, cut: what tells it from others. */
export function lineName({ measurement, tags }: LineHead): string {
  return shown([measurement, ...[...tags].map(([key, value]) => `${key}=${value}`)].join(',') as ByteString);
}

/** A text from outside for a message, in quotes, cut. */
export function shown(text: ByteString): string {
  return `"${visible(fromByteString(cutAtCharacter(text, SHOWN_BYTES)))}${text.length > SHOWN_BYTES ? '…' : ''}"`;
}
