/**
 * What collectd gives a NotificationExec program on its standard input: headers, an empty line, the message.
 *
 * Source: src/exec.c, exec_notification_one.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { cdtimeOfNs } from './cdtime.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import type { MetaData, Notification } from './notification.ts';
import { isSeverity } from './read-putnotif.ts';
import { type TextProblem, textProblem } from './text-problem.ts';
import { cutAtCharacter } from './utf8.ts';

/** Largest text that is read. Collectd's own are about 1 KB; only a plugin's meta data can be large. */
export const MAX_NOTIFICATION_TEXT_BYTES = 64 * 1024;

/** The threshold plugin's meta data that are numbers, printed by `%e`; `nan` where no bound is set. Its `DataSource` is a name. */
export const THRESHOLD_NUMBERS: readonly string[] = [
  'CurrentValue',
  'WarningMin',
  'WarningMax',
  'FailureMin',
  'FailureMax',
];

/** A notification, and how many header lines were passed over. */
export interface NotificationText {
  readonly notification: Notification;
  /** Headers that stood there before, and lines that are no header: the remains of a text with a newline in it, perhaps a forgery. */
  readonly ignoredHeaders: number;
}

const NS_DIGITS = 9;
const MAX_SECONDS = 2n ** 34n - 1n;
const EMPTY = '' as ByteString;

/**
 * Reads such a text. Headers are not escaped, so a name with a newline in it looks like several: of a header the first counts, whatever the later ones say. Unknown
 * headers are meta data, in their order. The message may have several lines, or none; it goes without the newline at its end.
 *
 * The time has three decimals. It is 0 where the plugin that sent the notification gave none.
 */
export function parseNotificationText(text: ByteString): NotificationText | TextProblem {
  if (text.length > MAX_NOTIFICATION_TEXT_BYTES) return textProblem('too_large');
  const end = text.startsWith('\n') ? -1 : text.indexOf('\n\n');
  if (end < 0) return textProblem(text.startsWith('\n') ? 'no_severity' : 'unfinished');
  const { headers, ignored } = readHeaders(text.slice(0, end));
  const severity = headers.get('Severity');
  if (severity === undefined) return textProblem('no_severity');
  const word = severity.toLowerCase();
  if (!isSeverity(word)) return textProblem('bad_severity', severity);
  const timeHeader = headers.get('Time');
  if (timeHeader === undefined) return textProblem('no_time');
  const time = readTime(timeHeader);
  if (time === undefined) return textProblem('bad_time', timeHeader);
  const name = (header: string) => cutAtCharacter(headers.get(header) ?? EMPTY, MAX_NAME_BYTES);
  const notification = {
    severity: word,
    time,
    host: name('Host'),
    plugin: name('Plugin'),
    pluginInstance: name('PluginInstance'),
    type: name('Type'),
    typeInstance: name('TypeInstance'),
    message: text.slice(end + 2).replace(/\n$/, '') as ByteString,
    meta: readMeta(headers),
  };
  return { notification, ignoredHeaders: ignored };
}

/** The number that a threshold's meta data says, undefined where it says none: another name, no number, `nan` for no bound. */
export function thresholdNumber({ name, value }: MetaData): number | undefined {
  if (!THRESHOLD_NUMBERS.includes(name) || !/^-?\d+\.\d+e[+-]\d+$/.test(value)) return undefined;
  return Number(value);
}

const KNOWN = new Set(['Severity', 'Time', 'Host', 'Plugin', 'PluginInstance', 'Type', 'TypeInstance']);

function readHeaders(text: string): { headers: ReadonlyMap<string, ByteString>; ignored: number } {
  const headers = new Map<string, ByteString>();
  let ignored = 0;
  for (const line of text.split('\n')) {
    // names may hold colons, as in `network:received: true`
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon);
    if (colon < 1 || headers.has(name)) ignored++;
    else headers.set(name, line.slice(colon + 2) as ByteString);
  }
  return { headers, ignored };
}

function readMeta(headers: ReadonlyMap<string, ByteString>): MetaData[] {
  const meta = Array.from(headers, ([name, value]) => ({ name: name as ByteString, value }));
  return meta.filter(({ name }) => !KNOWN.has(name));
}

function readTime(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (seconds === undefined || BigInt(seconds) > MAX_SECONDS) return undefined;
  return cdtimeOfNs(BigInt(seconds + fraction.padEnd(NS_DIGITS, '0')));
}
