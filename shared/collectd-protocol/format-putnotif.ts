/**
 * PUTNOTIF lines, written so that collectd 5.12 takes them: on one line of at most 1023 bytes with its newline, the essentials first.
 *
 * Sources: src/utils/cmds/putnotif.c, src/unixsock.c and src/exec.c; observed with collectd 5.12.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { timeText } from './cdtime-text.ts';
import { quoteOptionValue } from './field-text.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import { MAX_MESSAGE_BYTES, type MetaData, type Notification } from './notification.ts';
import { MAX_TEXT_LINE_BYTES } from './putval-writer.ts';
import { cutAtCharacter } from './utf8.ts';
import { type WriteProblem, writeProblem } from './write-problem.ts';

/** A line, and what it does not say. */
export interface PutnotifLine {
  /** With its newline. */
  readonly line: ByteString;
  /** Whether a text was cut, or control characters in it became blanks. */
  readonly changed: boolean;
  /** Meta data that was left out: it did not fit, or its name cannot be written. */
  readonly droppedMeta: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/g;
const META_NAME = /^[0-9A-Za-z_:]+$/;
const NOT_IN_META_NAME = /[^0-9A-Za-z_:]/g;

/**
 * The line for a notification, or why there is none. Control characters become blanks; texts are cut between characters, names at 127 and the message at 255
 * bytes; meta data is left out from the end until the line fits, then the message is cut.
 */
export function formatPutnotif(notification: Notification): PutnotifLine | WriteProblem {
  const time = timeText(notification.time);
  if (time === undefined) return writeProblem('bad_time', 'Notification', notification);
  if (notification.message === '') return writeProblem('empty_message', 'Notification', notification);
  const text = new OptionText(`PUTNOTIF severity=${notification.severity} time=${time}`);
  text.add('host', notification.host);
  text.add('plugin', notification.plugin);
  text.add('plugin_instance', notification.pluginInstance);
  text.add('type', notification.type);
  text.add('type_instance', notification.typeInstance);
  if (!text.addMessage(notification.message)) return writeProblem('long_line', 'Notification', notification);
  const droppedMeta = text.addMeta(notification.meta);
  return { line: `${text.line}\n` as ByteString, changed: text.changed, droppedMeta };
}

/** Makes a name fit for meta data: what is no letter, digit, `_` or `:` becomes `_`. */
export function cleanMetaName(name: ByteString): ByteString {
  return cutAtCharacter(name.replace(NOT_IN_META_NAME, '_') as ByteString, MAX_NAME_BYTES);
}

/** A line that grows option by option. */
class OptionText {
  line: string;
  changed = false;

  constructor(start: string) {
    this.line = start;
  }

  add(key: string, name: ByteString): void {
    if (name === '') return;
    this.line += ` ${key}=${quoteOptionValue(this.#cut(this.#blanked(name), MAX_NAME_BYTES))}`;
  }

  /** Cuts the message further where the names leave no room for it; false when not even its first character has room. */
  addMessage(message: ByteString): boolean {
    let text = this.#cut(this.#blanked(message), MAX_MESSAGE_BYTES);
    let option = ` message=${quoteOptionValue(text)}`;
    while (!this.#hasRoom(option)) {
      text = this.#cut(text, text.length - 1);
      if (text === '') return false;
      option = ` message=${quoteOptionValue(text)}`;
    }
    this.line += option;
    return true;
  }

  /** Gives the number of those that were left out. */
  addMeta(meta: readonly MetaData[]): number {
    const isWritable = ({ name }: MetaData) => META_NAME.test(name) && name.length <= MAX_NAME_BYTES;
    let written = 0;
    for (const entry of meta) {
      if (!isWritable(entry)) continue;
      const option = ` s:${entry.name}=${quoteOptionValue(entry.value.replace(CONTROL, ' ') as ByteString)}`;
      // what follows is left out, too, so that the first are those that stay
      if (!this.#hasRoom(option)) break;
      this.#blanked(entry.value);
      this.line += option;
      written++;
    }
    return meta.length - written;
  }

  #hasRoom(option: string): boolean {
    return this.line.length + option.length < MAX_TEXT_LINE_BYTES;
  }

  #blanked(text: ByteString): ByteString {
    const blanked = text.replace(CONTROL, ' ') as ByteString;
    if (blanked !== text) this.changed = true;
    return blanked;
  }

  #cut(text: ByteString, maxBytes: number): ByteString {
    const cut = cutAtCharacter(text, maxBytes);
    if (cut !== text) this.changed = true;
    return cut;
  }
}
