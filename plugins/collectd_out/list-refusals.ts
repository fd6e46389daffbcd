import type { Misfit } from '../../shared/collectd-lines/source-value.ts';
import { formatIdentifier } from '../../shared/collectd-protocol/identifier-text.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { Refusal } from './head-plan.ts';
import { shown } from './line-name.ts';
import type { ListTarget } from './list-target.ts';

/** collectd has no times before 1970. */
export const BAD_TIME: Refusal = {
  reason: 'bad_time',
  message: 'A line has a time before 1970, which collectd does not know',
};

const MISFITS: Readonly<Record<Misfit, string>> = {
  text: 'is a string',
  fraction: 'has a fraction, and the data source is an integer',
  range: 'is outside of the range of the data source',
  digits: 'would lose digits as a gauge',
};

/** An integer data source has no field. */
export function incomplete(target: ListTarget, source: number): Refusal {
  const message = `A line has no field ${nameOf(target, source)}, which ${describe(target)} needs`;
  return { reason: 'incomplete', message };
}

/** A field does not fit its data source. */
export function badValue(target: ListTarget, source: number, misfit: Misfit): Refusal {
  const message = `Field ${nameOf(target, source)} ${MISFITS[misfit]}; left out: ${describe(target)}`;
  return { reason: 'bad_value', message };
}

function nameOf(target: ListTarget, source: number): string {
  return shown(target.fieldNames[source] as ByteString);
}

function describe({ identifier }: ListTarget): string {
  return shown(formatIdentifier(identifier));
}
