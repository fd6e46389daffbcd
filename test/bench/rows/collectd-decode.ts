import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results, RowName } from '../figures.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { interleaved, median, ratio } from '../measure/median.ts';
import { processors } from '../measure/processors.ts';
import { program } from '../measure/program.ts';
import { goPeer, type Peer } from '../peers.ts';
import type { DecodeCost } from '../programs/collectd-decode.ts';
import type { Bench } from '../setup.ts';
import { cacheFolder } from '../workload/files.ts';

/** Datagrams of `encrypted`; the first ones of `plain` have the same payloads. */
const ENCRYPTED = 40;

/** Datagrams of a real collectd, from memory, into lines; go-collectd parses the same in the same run. */
export function collectdDecodeRows(bench: Bench, rows: readonly RowName[]): Results {
  const go: Peer = rows.includes('collectd_go')
    ? goPeer(bench, 'collectd-decode')
    : { skipped: 'it was not asked for' };
  const passes = bench.rounds * 200;
  const fixture = (name: string) => join(bench.root, 'test/fixtures/collectd', name);
  const decoder = program(bench.root, 'collectd-decode');
  const types = ['types.used.db', 'types-custom.db'].flatMap((name) => ['--types', fixture(name)]);
  const decode = (file: string, repeat: number, ...more: string[]): DecodeCost => {
    const cost = JSON.parse(
      run([...decoder, file, '--json', '--repeat', String(repeat), ...types, ...more]),
    ) as DecodeCost;
    if (cost.refused > 0) throw new Error(`${cost.refused} parts of ${file} were refused`);
    return cost;
  };
  const aDatagram = ({ cpuNs, datagrams }: DecodeCost) => cpuNs / datagrams;

  const plain = fixture('plain.pcapless');
  const both = 'command' in go ? onlyLines(plain, accepted(go.command, plain), 'collectd-accepted') : undefined;
  const few = onlyLines(plain, new Set(Array.from({ length: ENCRYPTED }, (_, i) => i)), 'collectd-plain');
  const perSecond: number[] = [];
  let goValues = Number.NaN;
  const measured = [
    {
      name: 'all',
      measure: () => {
        const cost = decode(plain, passes);
        perSecond.push((cost.values / cost.cpuNs) * 1000);
        return aDatagram(cost);
      },
    },
    ...(both === undefined ? [] : [{ name: 'ours', measure: () => aDatagram(decode(both, passes)) }]),
    ...(both === undefined || !('command' in go)
      ? []
      : [
          {
            name: 'go',
            measure: () => {
              const [ns = Number.NaN, values = Number.NaN] = run([...go.command, both, String(passes)])
                .split(' ')
                .map(Number);
              goValues = values;
              return ns;
            },
          },
        ]),
    { name: 'plain', measure: () => aDatagram(decode(few, 2 * passes)) },
    {
      name: 'encrypted',
      measure: () => aDatagram(decode(fixture('encrypted.pcapless'), 2 * passes, '--auth', fixture('auth'))),
    },
  ];
  bench.say(`collectd's datagrams, decoded: ${measured.map(({ name }) => name).join(', ')}`);
  const cost = interleaved(measured, bench.rounds, ({ measure }) => measure());
  const of = (name: string) => (cost.get(name) ?? Number.NaN) / 1000;
  const microseconds = (names: readonly string[]) => names.map((name) => `${name} ${of(name).toFixed(1)}`).join(', ');
  const aValue = (name: string) => `${name} ${((of(name) * 1000) / goValues).toFixed(0)}`;
  return {
    collectd_decode: {
      values: [median(perSecond)],
      details: `values per CPU second; ${microseconds(['all'])} µs a datagram`,
    },
    collectd_go: {
      values: [ratio(cost, 'ours', 'go')],
      ...('skipped' in go ? { skipped: go.skipped } : { details: `${aValue('ours')}, ${aValue('go')} ns a value` }),
    },
    collectd_encrypted: {
      values: [of('encrypted') - of('plain')],
      details: `the same payloads ${microseconds(['plain', 'encrypted'])} µs a datagram`,
    },
  };
}

/** Alone on a processor, as far as we can. */
function run(command: readonly string[]): string {
  const pinned = processors();
  const [file = '', ...args] = [...(pinned ? ['taskset', '-c', String(pinned.filter)] : []), ...command];
  return String(execFileSync(file, args, { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** Numbers of the lines whose datagrams go-collectd takes. */
function accepted(command: readonly string[], recording: string): Set<number> {
  return new Set(
    run([...command, recording, 'accepted'])
      .trim()
      .split('\n')
      .map(Number),
  );
}

/** Path of a recording of some of another's lines. */
function onlyLines(recording: string, wanted: ReadonlySet<number>, name: string): string {
  const path = join(cacheFolder(), `${name}.pcapless`);
  const lines = readFileSync(recording, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${lines.filter((_, i) => wanted.has(i)).join('\n')}\n`);
  return path;
}
