import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installFor, unprivilegedAccount } from '../../support/collectd-account.ts';
import { freeUdpPort } from '../../support/udp.ts';
import type { Results } from '../figures.ts';
import { MeasuredCollectd } from '../measure/collectd.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { median } from '../measure/median.ts';
import { program } from '../measure/program.ts';
import { untilBound } from '../measure/udp-socket.ts';
import { collectdPeer } from '../peers.ts';
import { type Bench, shell } from '../setup.ts';
import { collectdLines } from '../workload/collectd.ts';

/** The first and the last value list, whose dispatch is waited for. */
const ENDS = ['first', 'last'] as const;
const IDENTIFIER = { first: 'first/bench/gauge', last: 'last/bench/gauge' };

const CONFIG = `[[outputs.collectd_out]]
  transport = "exec"
`;

/** What collectd dispatched in a second, and what all its processes needed for that. */
interface Run {
  /** Thousands. */
  perSecond: number;
  /** CPU µs a value, of collectd and of the program that it started; their start is in it. */
  cpu: number;
}

/** collectd_out as a program of a real collectd, beside `cat` of the same lines as it writes them. */
export async function collectdExecRows(bench: Bench): Promise<Results> {
  const collectd = collectdPeer();
  if ('skipped' in collectd) {
    const { skipped } = collectd;
    return {
      collectd_exec: { values: [undefined, undefined], skipped },
      collectd_limit: { values: [undefined], skipped },
    };
  }
  const [binary = ''] = collectd.command;
  const values = bench.megabytes * 5000;
  // not in the cache folder: collectd's account may not look into a home
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  chmodSync(folder, 0o755);
  const port = await freeUdpPort();
  const deaf = spawn(process.execPath, [...program(bench.root, 'deaf-socket').slice(1), String(port)], {
    stdio: 'inherit',
  });
  try {
    await untilBound(port);
    const account = unprivilegedAccount();
    const { node, program: ours } = installFor(account, folder);
    const [lines, prepared, conf] = ['lines', 'putval', 'conf'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(conf, CONFIG);
    writeValues(lines, values);
    const out = shell([node, ours, 'collectd-out', '--config', conf]);
    prepare(`${out} --host pipe <${lines} >${prepared}`);
    const commands = { collectd_out: `exec ${out} --host collectd <${lines}`, cat: `exec cat ${prepared}` };
    bench.say(`${values} values into a real collectd: from ${Object.keys(commands).join(', ')}`);
    const runs = new Map<string, Run[]>();
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      for (const [name, command] of Object.entries(commands)) {
        const options = { binary, account, folder: join(folder, `${name}-${round}`), serverPort: port };
        runs.set(name, [...(runs.get(name) ?? []), await dispatched(options, command, values)]);
      }
    }
    const of = (name: keyof typeof commands, what: keyof Run) => median((runs.get(name) ?? []).map((run) => run[what]));
    const rates = [of('collectd_out', 'perSecond'), of('cat', 'perSecond')] as const;
    return {
      collectd_exec: {
        values: rates,
        details: `CPU of collectd and the program: collectd_out ${of('collectd_out', 'cpu').toFixed(2)}, cat ${of('cat', 'cpu').toFixed(2)} µs a value`,
      },
      collectd_limit: { values: [rates[0] / rates[1]] },
    };
  } finally {
    deaf.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeValues(path: string, count: number): void {
  const file = openSync(path, 'w');
  let block = `collectd_bench,host=${ENDS[0]},type=gauge value=1 1700000000000000000\n`;
  for (const line of collectdLines()) {
    block += `${line}\n`;
    if (--count <= 0) break;
    if (block.length < 1 << 18) continue;
    writeSync(file, block);
    block = '';
  }
  writeSync(file, `${block}collectd_bench,host=${ENDS[1]},type=gauge value=1 1700000000000000000\n`);
  closeSync(file);
}

function prepare(command: string): void {
  const run = spawnSync('sh', ['-c', command], { env: cleanEnvironment(), timeout: 60_000 });
  if (run.status !== 0) throw new Error(`${command}: exit status ${run.status}\n${String(run.stderr).slice(-2000)}`);
}

type Where = Omit<ConstructorParameters<typeof MeasuredCollectd>[0], 'exec'>;

/** From the first value to the last, as collectd dispatches them in order. @throws {Error} when any is missing */
async function dispatched(where: Where, command: string, values: number): Promise<Run> {
  const collectd = new MeasuredCollectd({ ...where, exec: ['/bin/sh', '-c', command] });
  try {
    await collectd.untilDispatched(IDENTIFIER.first);
    const began = performance.now();
    await collectd.untilDispatched(IDENTIFIER.last);
    const seconds = (performance.now() - began) / 1000;
    const [refusal] = collectd.refusals;
    if (refusal !== undefined) throw new Error(`collectd refuses ${collectd.refusals.length} lines: ${refusal}`);
    checkAll(await collectd.list(), values, collectd.log);
    return { perSecond: values / seconds / 1000, cpu: (collectd.cpu / values) * 1e6 };
  } finally {
    await collectd.stop();
  }
}

/** Every identifier must have the time of its last round. */
function checkAll(seen: ReadonlyMap<string, number>, values: number, log: string): void {
  const last = new Map<string, number>();
  let left = values;
  for (const line of collectdLines()) {
    const [, host, instance, state, seconds] =
      /host=(.*),plugin_instance=(.*),type=cpu,type_instance=(\w+) .* (\d{10})/.exec(line) ?? [];
    last.set(`${host}/cpu-${instance}/cpu-${state}`, Number(seconds));
    if (--left === 0) break;
  }
  const wrong = [...last].filter(([identifier, seconds]) => Math.trunc(seen.get(identifier) ?? 0) !== seconds);
  if (wrong.length > 0)
    throw new Error(
      `${wrong.length} of ${last.size} identifiers did not come to collectd in full, such as ${wrong[0]}\n${log}`,
    );
}
