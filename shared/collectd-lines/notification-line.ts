import { nsOfCdtime } from '../collectd-protocol/cdtime.ts';
import { type MetaData, type Notification, SEVERITIES } from '../collectd-protocol/notification.ts';
import { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
import { cleanTagValue } from '../line-protocol/clean.ts';
import {
  formatFieldKey,
  formatFieldValue,
  formatInteger,
  formatMeasurement,
  formatString,
  formatTagValue,
  formatTime,
} from '../line-protocol/format.ts';
import type { FieldValue } from '../line-protocol/line-view.ts';

/** The measurement of notifications. */
const NOTIFICATION_MEASUREMENT = toByteString('collectd_notification');

/** A notification as a line. */
interface NotificationLine {
  /** One line with its newline. */
  readonly line: ByteString;
  /** Parts that lost bytes which cannot stand in a line. */
  readonly cleaned: number;
  /** Meta data that is left out: NaN, as thresholds have where there is no bound, and names that occur twice or cannot be written. */
  readonly omitted: number;
}

const TAGS = [
  ['host', 'host'],
  ['plugin', 'plugin'],
  ['plugin_instance', 'pluginInstance'],
  ['type', 'type'],
  ['type_instance', 'typeInstance'],
] as const;

/** Fields that every notification has; meta data of the same name has `meta_` in front of it. */
const OWN_FIELDS: readonly string[] = ['message', 'severity_code'];

/**
 * Meta data whose kind is known: what the threshold plugin sets (src/threshold.c) and the network plugin (src/network.c). All else is text, as
 * the text doors do not tell a number from a string that looks like one.
 */
const META_KINDS: Readonly<Record<string, 'float' | 'boolean'>> = {
  CurrentValue: 'float',
  WarningMin: 'float',
  WarningMax: 'float',
  FailureMin: 'float',
  FailureMax: 'float',
  'network:received': 'boolean',
};

/**
 * Measurement `collectd_notification`; tags `host`, `plugin`, `plugin_instance`, `type`, `type_instance`, without empty ones, and `severity`; fields `message`,
 * `severity_code` (1 failure, 2 warning, 4 okay) and the meta data. The message may have several lines. Undefined for a time beyond 2262.
 */
export function notificationLine(notification: Notification): NotificationLine | undefined {
  const time = formatTime(nsOfCdtime(notification.time));
  if (time === undefined) return undefined;
  const counts = { cleaned: 0, omitted: 0 };
  let line = `${formatMeasurement(NOTIFICATION_MEASUREMENT)}`;
  for (const [key, part] of TAGS) {
    const { value, changed } = cleanTagValue(notification[part]);
    if (changed) counts.cleaned++;
    if (value !== '') line += `,${key}=${formatTagValue(value)}`;
  }
  line += `,severity=${notification.severity} message=${messageText(notification.message, counts)}`;
  line += `,severity_code=${formatInteger(SEVERITIES[notification.severity])}${metaFields(notification.meta, counts)}`;
  return { line: `${line} ${time}\n` as ByteString, ...counts };
}

/** Invalid UTF-8 becomes U+FFFD: nothing else would be read. */
function messageText(message: ByteString, counts: { cleaned: number }): string {
  const text = formatString(message);
  if (text !== undefined) return text;
  counts.cleaned++;
  return formatString(toByteString(fromByteString(message))) as string;
}

/** The first of equal names counts: what stands behind it may have been forged by a newline in a message. */
function metaFields(meta: readonly MetaData[], counts: { cleaned: number; omitted: number }): string {
  const seen = new Set<string>(OWN_FIELDS);
  let fields = '';
  for (const { name, value } of meta) {
    const clean = cleanTagValue(name);
    if (clean.changed) counts.cleaned++;
    const key = OWN_FIELDS.includes(clean.value) ? (`meta_${clean.value}` as ByteString) : clean.value;
    const keyText = seen.has(key) ? undefined : formatFieldKey(key);
    const valueText = keyText === undefined ? undefined : metaText(name, value, counts);
    if (valueText === undefined) {
      counts.omitted++;
    } else {
      seen.add(key);
      fields += `,${keyText}=${valueText}`;
    }
  }
  return fields;
}

function metaText(name: ByteString, value: ByteString, counts: { cleaned: number }): string | undefined {
  const kind = META_KINDS[name];
  if (kind === undefined) return messageText(value, counts);
  return formatFieldValue(kind === 'float' ? floatField(value) : { kind, value: value === 'true' });
}

/** The doubles of collectd's `%e`; `nan` and `inf` are no numbers here and cannot be written. */
function floatField(value: ByteString): FieldValue {
  return { kind: 'float', value: value === '' ? Number.NaN : Number(value) };
}
