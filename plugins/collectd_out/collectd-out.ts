import { hostname } from 'node:os';
import { TYPES_LOOK_MS, TypesDbFiles } from '../../shared/collectd-files/types-db-files.ts';
import { Emitted } from '../../shared/collectd-protocol/emitted.ts';
import { ConfigError } from '../../shared/config/errors.ts';
import { type ByteString, fromByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { type LineBatch, LineReader } from '../../shared/line-protocol/line-reader.ts';
import type { Output, OutputContext } from '../../shared/plugin/definition.ts';
import { DEFAULT_MAP } from './default-map.ts';
import { type MappingOptions, REFUSALS, type RefusalReason } from './head-plan.ts';
import { unknownTypes } from './known-types.ts';
import { LineMapping, type MappingEvents } from './line-mapping.ts';
import { ListsOut } from './lists-out.ts';
import { MapRule } from './map-rules.ts';
import { RuleTable } from './rule-table.ts';
import type { Options } from './schema.ts';
import { startTransport } from './start-transport.ts';

const NS_PER_MS = 1_000_000n;

/** @throws {ConfigError} */
export async function startCollectdOut(options: Options, context: OutputContext): Promise<Output> {
  if (options.transport === 'exec' && context.host === 'telegraf') {
    const message = 'nobody reads PUTVAL lines from stdout under Telegraf; use transport "unixsock" or "network"';
    throw new ConfigError('collectd_out', [{ code: 'bad_value', line: 0, message }]);
  }
  const types = new TypesDbFiles({
    ...{ paths: options.types_db, log: context.log, now: context.now },
    without: 'types that are not known are those of the default map only',
  });
  const mapping: MappingOptions = {
    prefix: toByteString(options.prefix),
    rules: new RuleTable(
      [...options.map, ...(options.default_map === 'on' ? DEFAULT_MAP : [])].map((entry) => new MapRule(entry)),
    ),
    types: types.types,
    hostname: toByteString(options.host ?? ownHost(context)),
    metaTags: new Set(options.meta_tags.map(toByteString)),
    maxSeries: options.max_series,
    unmapped: options.unmapped_fields,
  };
  const transport = startTransport(options, context);
  const sink = new ListsOut({
    door: transport.door,
    interval: options.interval === undefined ? undefined : options.interval / 1000,
    emitted: context.shared(Emitted),
    log: context.log,
    stats: context.stats,
  });
  const lines = new LineMapping(mapping, sink, countingEvents(context, options));
  context.stats.gauge('remembered_heads', () => BigInt(lines.rememberedHeads));
  const warnOfUnknownTypes = () => {
    for (const problem of unknownTypes(options.map, types.types)) context.log.warn(problem);
  };
  warnOfUnknownTypes();
  const typesTimer = setInterval(async () => {
    if (!(await types.refresh())) return;
    lines.useTypes(types.types);
    warnOfUnknownTypes();
  }, TYPES_LOOK_MS);
  typesTimer.unref();
  const reader = new LineReader({ precision: context.precision });
  const malformed = context.stats.counter('malformed_lines');

  return {
    write(bytes) {
      const nowNs = BigInt(context.now()) * NS_PER_MS;
      const take = (batch: LineBatch) => lines.take(batch, nowNs);
      try {
        reader.read(bytes, take);
        reader.end(take);
        const overlong = reader.takeOverlong();
        malformed.add(overlong.length);
        for (const error of overlong) context.log.trouble('malformed', `A line cannot be used: ${error.message}`);
      } finally {
        reader.reset(); // what a bug left in the middle of a batch must not be read again
      }
      return transport.flush();
    },
    ending: () => transport.ending?.(),
    stop() {
      clearInterval(typesTimer);
      return transport.stop();
    },
  };
}

/** collectd tells the programs that it starts how it calls itself. */
function ownHost({ host }: OutputContext): string {
  const { COLLECTD_HOSTNAME } = process.env;
  return (host === 'collectd' && COLLECTD_HOSTNAME) || hostname();
}

/** What is lost is counted, and told once a minute for each reason. */
function countingEvents({ stats, log }: OutputContext, { max_series }: Options): MappingEvents {
  const refused = new Map(REFUSALS.map((reason: RefusalReason) => [reason, stats.counter(`refused_${reason}`)]));
  const malformed = stats.counter('malformed_lines');
  const leftOutFields = stats.counter('left_out_fields');
  const leftOutTags = stats.counter('left_out_tags');
  const leftOutIntervals = stats.counter('left_out_intervals');
  const shortened = stats.counter('shortened_names');
  const forgotten = stats.counter('forgotten_heads');
  return {
    malformed(batch, i) {
      malformed.add();
      log.trouble('malformed', `A line cannot be used: ${batch.error(i)?.message}`);
    },
    refused({ reason, message }) {
      refused.get(reason)?.add();
      log.trouble(reason, message);
    },
    leftOutFields: (n) => leftOutFields.add(n),
    leftOutTags: (n) => leftOutTags.add(n),
    leftOutInterval() {
      leftOutIntervals.add();
      log.trouble('interval', 'The interval of a line is no number of seconds above 0; the list goes without it');
    },
    shortened({ plugin, pluginInstance }) {
      shortened.add();
      const name = fromByteString(`${plugin}-${pluginInstance}` as ByteString);
      log.trouble('shortened', `A name is longer than collectd takes; cut, with a hash at its end: "${name}"`);
    },
    forgotten(heads) {
      forgotten.add(heads);
      log.trouble(
        'forgotten',
        `${heads} series were forgotten, as more come than "max_series" = ${max_series}; to look at them anew is slow`,
      );
    },
  };
}
