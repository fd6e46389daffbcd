/**
 * PUTVAL lines, read. What collectd 5.12 takes is taken with the same meaning; what it takes and makes nonsense of is refused:
 *
 * - times that are negative or NaN (it stores a date in 2514 or 2242), and a time 0 or out of range with a value that happens to look like one behind it;
 * - text behind a number (`1,5` gives 1 there, a derive `1e3` gives 1), and integers out of range, which it clamps or wraps;
 * - too few values, where it takes 0 for the rest;
 * - an empty plugin;
 * - meta data that is no quoted string, which it complains of and then leaves out, and meta data on a line with several value lists, which ends it;
 * - an unknown option, at which it drops the line without an answer.
 *
 * Sources: src/utils/cmds/putval.c; src/utils/common/common.c, parse_values and parse_value; observed with collectd 5.12.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { readDouble, readInteger } from './c-number.ts';
import { cdtimeOfSeconds } from './cdtime-text.ts';
import { readOption, splitFields } from './field-text.ts';
import type { Identifier } from './identifier.ts';
import { parseIdentifier } from './identifier-text.ts';
import type { MetaData } from './notification.ts';
import { isTextProblem, type TextProblem, textProblem } from './text-problem.ts';
import type { DataSet, DataSource, TypesDb } from './types-db.ts';
import type { Value, ValueList } from './value-list.ts';

/** Longest line with its newline that the exec plugin reads; one that is longer ends the reading for good (src/exec.c, exec_read). */
export const MAX_EXEC_LINE_BYTES = 1199;

/** What a line does not say itself: the data sources of its type, the present and the host. */
export interface PutvalContext {
  readonly types: TypesDb;
  /** The present as cdtime, for the time `N`. */
  readonly now: () => bigint;
  /** Takes the place of an empty host, as collectd's own name does. Default: none, an empty host is refused. */
  readonly hostname?: ByteString;
}

/** What a PUTVAL line says. */
export interface Putval {
  /** Mostly one; none when the line has options only, which collectd takes, too. */
  readonly lists: readonly ValueList[];
  /** Belongs to all of them. In a ValueList it has no place, as no other door carries it. */
  readonly meta: readonly MetaData[];
}

/** Reads a PUTVAL line, without its newline. Nothing of a line with a problem is used. */
export function readPutval(line: ByteString, context: PutvalContext): Putval | TextProblem {
  if (line.length >= MAX_EXEC_LINE_BYTES) return textProblem('long_line', line);
  if (line.includes('\0')) return textProblem('nul_byte', line);
  const fields = splitFields(line);
  if (isTextProblem(fields)) return fields;
  const [command, name, ...rest] = fields;
  if (command?.toUpperCase() !== 'PUTVAL') return textProblem('unknown_command', line);
  if (name === undefined || rest.length === 0) return textProblem('missing_part', line);
  const identifier = parseIdentifier(name, context.hostname);
  if (isTextProblem(identifier)) return identifier;
  const dataSet = context.types.get(identifier.type);
  if (dataSet === undefined) return textProblem('unknown_type', identifier.type);
  return readRest(rest, identifier, dataSet, context.now);
}

function readRest(
  fields: readonly ByteString[],
  identifier: Identifier,
  dataSet: DataSet,
  now: () => bigint,
): Putval | TextProblem {
  const lists: ValueList[] = [];
  const meta = new Map<string, ByteString>();
  let interval = 0n;
  for (const field of fields) {
    const option = readOption(field);
    if (option === undefined) {
      const values = readValues(field, dataSet, now);
      if (isTextProblem(values)) return values;
      lists.push({ ...identifier, time: values.time, interval, values: values.values });
      continue;
    }
    const key = option.name.toLowerCase();
    if (key === 'interval') {
      const read = readInterval(option.value);
      if (typeof read !== 'bigint') return read;
      // what is no interval leaves the one before in force
      if (read > 0n) interval = read;
    } else if (key.startsWith('meta:')) {
      const text = /^"([\s\S]*)"$/.exec(option.value)?.[1];
      if (text === undefined || key === 'meta:') return textProblem('bad_meta', field);
      meta.set(option.name.slice('meta:'.length), text as ByteString);
    } else {
      return textProblem('bad_option', field);
    }
  }
  if (meta.size > 0 && lists.length > 1) return textProblem('lists_with_meta', identifier.type);
  return { lists, meta: Array.from(meta, ([name, value]) => ({ name: name as ByteString, value })) };
}

/** 0 for what is no number above 0, which collectd passes over. Text behind the number does not count, so that `10s` is 10. */
function readInterval(text: ByteString): bigint | TextProblem {
  const seconds = readDouble(text)?.value ?? 0;
  if (!(seconds > 0)) return 0n;
  return cdtimeOfSeconds(seconds) ?? textProblem('bad_interval', text);
}

function readValues(
  field: ByteString,
  dataSet: DataSet,
  now: () => bigint,
): { readonly time: bigint; readonly values: readonly Value[] } | TextProblem {
  const [timeField, ...texts] = field.split(':').filter((text) => text !== '');
  const time = timeField === undefined ? undefined : readTime(timeField, now);
  if (time === undefined) return textProblem('bad_time', field);
  if (texts.length !== dataSet.sources.length) return textProblem('wrong_count', field);
  const values: Value[] = [];
  for (const [index, source] of dataSet.sources.entries()) {
    const value = readValue(texts[index] ?? '', source.kind);
    if (value === undefined) return textProblem('bad_value', field);
    values.push(value);
  }
  return { time, values };
}

function readTime(text: string, now: () => bigint): bigint | undefined {
  if (text === 'N') return now();
  const read = readDouble(text);
  if (read === undefined || read.length !== text.length) return undefined;
  const time = cdtimeOfSeconds(read.value);
  return time === 0n ? undefined : time;
}

/** Bounds of the integer kinds, both included. */
const BOUNDS = {
  counter: [0n, 2n ** 64n - 1n],
  absolute: [0n, 2n ** 64n - 1n],
  derive: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

function readValue(text: string, kind: DataSource['kind']): Value | undefined {
  if (kind === 'gauge') {
    if (text === 'U') return { kind, value: Number.NaN };
    const read = readDouble(text);
    return read?.length === text.length ? { kind, value: read.value } : undefined;
  }
  const read = readInteger(text);
  if (read?.length !== text.length) return undefined;
  const [min, max] = BOUNDS[kind];
  return read.value >= min && read.value <= max ? { kind, value: read.value } : undefined;
}
