import type { Identifier } from './identifier.ts';
import { MAX_MESSAGE_BYTES, type Notification, SEVERITIES } from './notification.ts';

/** What is remembered of one generation. At 10,000 values a second two generations reach back 10 to 20 s; they come back after the sender's flush interval. */
const MAX_ENTRIES = 100_000;

const TICKS_PER_MS = 2 ** 30 / 1000;

/** Times of what was emitted under one name, in whole milliseconds, and whether it has come back. */
type Generation = Map<string, Map<number, boolean>>;

/**
 * What this process has handed to collectd, so that it is known when collectd sends it back. Without that a chain inside collectd that renames values
 * would rename its own output again, for ever; and an evaluator would answer its own notifications.
 *
 * Name and time are compared, not the name alone: where a value is not renamed, its later originals have the same name. Times are whole milliseconds, one
 * more or less, since collectd's text doors pass them through a double and NotificationExec writes three digits.
 *
 * The output `record`s, once an input `isWatched` by has said that it will ask; stages find the instance through their context.
 */
export class Emitted {
  /** Whether somebody asks. Nothing needs to be recorded otherwise. */
  isWatched = false;
  /** What was forgotten, to make room, before it came back. */
  forgotten = 0;
  readonly #maxEntries: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #entries = 0;

  constructor(maxEntries = MAX_ENTRIES) {
    this.#maxEntries = maxEntries;
  }

  /** Whether nothing was emitted yet, so that there is nothing to ask. */
  get isEmpty(): boolean {
    return this.#entries === 0 && this.#old.size === 0;
  }

  /** @param time cdtime */
  recordValueList(identifier: Identifier, time: bigint): void {
    this.#record(nameOf(identifier), msOf(time));
  }

  recordNotification(notification: Notification): void {
    this.#record(nameOfNotification(notification), msOf(notification.time));
  }

  /** @param time cdtime */
  hasValueList(identifier: Identifier, time: bigint): boolean {
    return this.#has(nameOf(identifier), msOf(time));
  }

  hasNotification(notification: Notification): boolean {
    return this.#has(nameOfNotification(notification), msOf(notification.time));
  }

  #record(name: string, ms: number): void {
    if (!this.isWatched) return;
    const times = this.#young.get(name);
    if (times === undefined) this.#young.set(name, new Map([[ms, false]]));
    else if (times.has(ms)) return;
    else times.set(ms, false);
    if (++this.#entries >= this.#maxEntries) this.#turn();
  }

  #turn(): void {
    for (const times of this.#old.values()) {
      for (const hasReturned of times.values()) if (!hasReturned) this.forgotten++;
    }
    this.#old = this.#young;
    this.#young = new Map();
    this.#entries = 0;
  }

  #has(name: string, ms: number): boolean {
    return isIn(this.#young.get(name), ms) || isIn(this.#old.get(name), ms);
  }
}

function isIn(times: Map<number, boolean> | undefined, ms: number): boolean {
  if (times === undefined) return false;
  for (const near of [ms, ms - 1, ms + 1]) {
    if (!times.has(near)) continue;
    times.set(near, true);
    return true;
  }
  return false;
}

function msOf(time: bigint): number {
  return Math.floor(Number(time) / TICKS_PER_MS);
}

/** NUL stands in no name. */
function nameOf({ host, plugin, pluginInstance, type, typeInstance }: Identifier): string {
  return [host, plugin, pluginInstance, type, typeInstance].map(asDispatched).join('\0');
}

function nameOfNotification(notification: Notification): string {
  const { severity, message } = notification;
  // collectd cuts a longer message
  return `${nameOf(notification)}\0${SEVERITIES[severity]}\0${message.slice(0, MAX_MESSAGE_BYTES)}`;
}

/** What collectd makes of a name when it takes a value list (src/daemon/plugin.c, escape_slashes). */
function asDispatched(name: string): string {
  if (!name.includes('/')) return name;
  if (name === '/') return 'root';
  return (name.startsWith('/') ? name.slice(1) : name).replaceAll('/', '_');
}
