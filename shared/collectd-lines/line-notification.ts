/**
 * Lines that are events, as notifications: `collectd_notification`, the inverse of how notifications become lines, and `dma_event`, the evaluator's events.
 */
import { cdtimeOfNs } from '../collectd-protocol/cdtime.ts';
import { cleanMetaName } from '../collectd-protocol/format-putnotif.ts';
import type { Identifier } from '../collectd-protocol/identifier.ts';
import {
  MAX_MESSAGE_BYTES,
  type MetaData,
  type Notification,
  SEVERITIES,
  type Severity,
} from '../collectd-protocol/notification.ts';
import { cutAtCharacter } from '../collectd-protocol/utf8.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import type { FieldValue } from '../line-protocol/line-view.ts';
import type { LineHead } from './line-head.ts';

/** An event's line, its time apart. */
interface EventLine extends LineHead {
  readonly fields: ReadonlyMap<ByteString, FieldValue>;
}

const key = (name: string) => name as ByteString;
const EMPTY = key('');
const COLLECTD_NOTIFICATION = key('collectd_notification');
const DMA_EVENT = key('dma_event');

/** What severities are called, besides collectd's three. */
const SEVERITY_NAMES = new Map<string, Severity>(
  Object.entries<Severity>({
    ...{ okay: 'okay', ok: 'okay', clear: 'okay', normal: 'okay', resolved: 'okay' },
    ...{ warning: 'warning', warn: 'warning', info: 'warning', minor: 'warning' },
    ...{
      failure: 'failure',
      error: 'failure',
      critical: 'failure',
      crit: 'failure',
      major: 'failure',
      page: 'failure',
    },
  }),
);

const SEVERITY_OF_CODE = new Map<string, Severity>(
  (Object.keys(SEVERITIES) as Severity[]).map((severity) => [String(SEVERITIES[severity]), severity]),
);

/** Fields of `collectd_notification` that are no meta data; meta data that is called so has a prefix. */
const OWN_FIELDS: readonly string[] = ['message', 'severity_code'];
const META_PREFIX = 'meta_';
/** Tags of `dma_event` that do not say what it is about. */
const EVENT_TAGS = new Set<ByteString>(['alert', 'host', 'severity', 'severity_name', 'state', 'kind'].map(key));

/** Whether it is an event. Values of a plugin that is called "notification" have the same measurement, with a type and without a severity. */
export function isNotification({ measurement, tags }: LineHead): boolean {
  if (measurement === DMA_EVENT) return true;
  return measurement === COLLECTD_NOTIFICATION && (tags.has(key('severity')) || !tags.has(key('type')));
}

/** Whether it is an event of our own, and not one that came from collectd. */
export function isAlert({ measurement }: LineHead): boolean {
  return measurement === DMA_EVENT;
}

/**
 * What the event is about. An alert has the identifier `host/dma-<alert>/alert-<labels>`, where labels are the values of the tags that are neither
 * alert, host, severity, state nor kind, by the order of their keys.
 */
export function notificationIdentifier({ measurement, tags }: LineHead): Identifier {
  const of = (name: string) => tags.get(key(name)) ?? EMPTY;
  if (measurement === COLLECTD_NOTIFICATION) {
    return {
      host: of('host'),
      plugin: of('plugin'),
      pluginInstance: of('plugin_instance'),
      type: of('type'),
      typeInstance: of('type_instance'),
    };
  }
  const labels = [...tags.keys()].filter((name) => !EVENT_TAGS.has(name)).sort();
  return {
    host: of('host'),
    plugin: key('dma'),
    pluginInstance: of('alert'),
    type: key('alert'),
    typeInstance: labels.map((label) => tags.get(label)).join('-') as ByteString,
  };
}

/**
 * The severity that the line names, else that of collectd's number in `severity_code`; undefined where there is neither, or a word that nobody uses. A
 * resolved alert is okay, whatever it was.
 */
export function notificationSeverity({ tags, fields }: EventLine): Severity | undefined {
  if (tags.get(key('state')) === 'resolved') return 'okay';
  const word = (tags.get(key('severity')) ?? '').toLowerCase();
  return SEVERITY_NAMES.get(word) ?? SEVERITY_OF_CODE.get(textOf(fields.get(key('severity_code'))));
}

/**
 * The notification of a line. All fields but the message become meta data, those that tell alerts apart first, since the doors cut at the end.
 *
 * @param identifier what it is about, where that is not what the line's tags say
 * @param severity where the line's is not known
 */
export function notificationOf(
  line: EventLine,
  timeNs: bigint,
  identifier: Identifier,
  severity: Severity,
): Notification {
  const { fields } = line;
  const isOurs = isAlert(line);
  const message = textOf(fields.get(key('message')));
  const metaKeys = [...fields.keys()].filter((name) => (isOurs ? name !== 'message' : !OWN_FIELDS.includes(name)));
  if (isOurs) metaKeys.sort((a, b) => rankOf(a) - rankOf(b));
  return {
    ...identifier,
    severity,
    time: cdtimeOfNs(timeNs),
    message: cutAtCharacter(message === '' ? ownWords(line) : message, MAX_MESSAGE_BYTES),
    meta: metaKeys.map(
      (name): MetaData => ({ name: cleanMetaName(isOurs ? name : metaName(name)), value: textOf(fields.get(name)) }),
    ),
  };
}

function metaName(field: ByteString): ByteString {
  const name = field.slice(META_PREFIX.length) as ByteString;
  return field.startsWith(META_PREFIX) && OWN_FIELDS.includes(name) ? name : field;
}

const FIRST_META = ['alert_id', 'seq', 'value'];

function rankOf(name: ByteString): number {
  const rank = FIRST_META.indexOf(name);
  return rank < 0 ? FIRST_META.length : rank;
}

/** collectd refuses a notification without a message. */
function ownWords({ measurement, tags }: EventLine): ByteString {
  if (measurement === COLLECTD_NOTIFICATION) return EMPTY;
  const [alert, state] = [tags.get(key('alert')), tags.get(key('state'))];
  return `${alert ?? 'alert'} is ${state ?? 'firing'}` as ByteString;
}

function textOf(value: FieldValue | undefined): ByteString {
  return String(value?.value ?? '') as ByteString;
}
