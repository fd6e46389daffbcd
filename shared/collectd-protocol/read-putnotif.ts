/**
 * PUTNOTIF lines, read. What collectd 5.12 takes is taken with the same meaning, but for negative times and NaN, of which it makes nonsense. Longer texts than it
 * holds are cut as it cuts them, though not within a character.
 *
 * Sources: src/utils/cmds/putnotif.c; observed with collectd 5.12.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { readDouble } from './c-number.ts';
import { cdtimeOfSeconds } from './cdtime-text.ts';
import { splitOptions } from './field-text.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import { MAX_MESSAGE_BYTES, type MetaData, type Notification, SEVERITIES, type Severity } from './notification.ts';
import { MAX_EXEC_LINE_BYTES } from './read-putval.ts';
import { isTextProblem, type TextProblem, textProblem } from './text-problem.ts';
import { cutAtCharacter } from './utf8.ts';

const COMMAND = /^[ \t\n\v\f\r]*(?:putnotif|"putnotif")(?![^ \t\n\v\f\r])/i;

/** The keys for the parts of an identifier. */
const NAMES = {
  host: 'host',
  plugin: 'plugin',
  plugin_instance: 'pluginInstance',
  type: 'type',
  type_instance: 'typeInstance',
} as const;

/** Reads a PUTNOTIF line, without its newline. */
export function readPutnotif(line: ByteString): Notification | TextProblem {
  if (line.length >= MAX_EXEC_LINE_BYTES) return textProblem('long_line', line);
  if (line.includes('\0')) return textProblem('nul_byte', line);
  const command = COMMAND.exec(line);
  if (command === null) return textProblem('unknown_command', line);
  const options = splitOptions(line.slice(command[0].length) as ByteString);
  if (isTextProblem(options)) return options;
  const draft = new Draft();
  for (const { name, value } of options) {
    const problem = draft.set(name, value);
    if (problem !== undefined) return problem;
  }
  return draft.notification();
}

/** A notification under way. The last of a repeated key wins, meta data is kept twice. */
class Draft {
  readonly #names: Partial<Record<(typeof NAMES)[keyof typeof NAMES], ByteString>> = {};
  readonly #meta: MetaData[] = [];
  #severity: Severity | undefined;
  #time = 0n;
  #message = '' as ByteString;

  set(name: string, value: ByteString): TextProblem | undefined {
    if (name.startsWith('s:') && name.length > 2) {
      this.#meta.push({ name: cutAtCharacter(name.slice(2) as ByteString, MAX_NAME_BYTES), value });
      return undefined;
    }
    const key = name.toLowerCase();
    if (key === 'severity') return this.#setSeverity(value);
    if (key === 'time') return this.#setTime(value);
    if (key === 'message') this.#message = cutAtCharacter(value, MAX_MESSAGE_BYTES);
    else if (Object.hasOwn(NAMES, key))
      this.#names[NAMES[key as keyof typeof NAMES]] = cutAtCharacter(value, MAX_NAME_BYTES);
    else return textProblem('bad_option', name as ByteString);
    return undefined;
  }

  notification(): Notification | TextProblem {
    if (this.#severity === undefined) return textProblem('no_severity');
    if (this.#time === 0n) return textProblem('no_time');
    if (this.#message === '') return textProblem('no_message');
    const { host = EMPTY, plugin = EMPTY, pluginInstance = EMPTY, type = EMPTY, typeInstance = EMPTY } = this.#names;
    const names = { host, plugin, pluginInstance, type, typeInstance };
    return { ...names, severity: this.#severity, time: this.#time, message: this.#message, meta: this.#meta };
  }

  #setSeverity(value: ByteString): TextProblem | undefined {
    const severity = value.toLowerCase();
    if (!isSeverity(severity)) return textProblem('bad_severity', value);
    this.#severity = severity;
    return undefined;
  }

  #setTime(value: ByteString): TextProblem | undefined {
    const read = readDouble(value);
    const time = read?.length === value.length ? cdtimeOfSeconds(read.value) : undefined;
    if (time === undefined) return textProblem('bad_time', value);
    this.#time = time;
    return undefined;
  }
}

const EMPTY = '' as ByteString;

/** Whether a word names a severity, in small letters. */
export function isSeverity(word: string): word is Severity {
  return Object.hasOwn(SEVERITIES, word);
}
