import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freeUdpPort } from '../../support/udp.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { untilBound, untilRead } from '../measure/udp-socket.ts';
import { type Case, datagrams, recordingFile } from './recordings.ts';

/** What Telegraf made of a case. */
export interface TelegrafRun {
  /** The lines that its output wrote, without the tag that tells the cases apart. */
  readonly lines: string;
  /** What it logged about it, without time; the same text may stand there many times. */
  readonly log: readonly string[];
}

const TAG = 'comparison_case';
/** How long the output must have been quiet, in ms; it is flushed every 100. */
const QUIET_MS = 500;

/** Feeds one Telegraf with all cases at once, each through a socket of its own. */
export async function telegrafRuns(
  telegraf: string,
  root: string,
  cases: readonly Case[],
): Promise<Map<string, TelegrafRun>> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-compare-'));
  const ports = new Map<string, number>();
  for (const { name } of cases) ports.set(name, await freeUdpPort());
  const [conf, out, err] = ['telegraf.conf', 'out', 'err'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(conf, telegrafConf(root, cases, ports, out));
  writeFileSync(out, '');
  const child = spawn('sh', ['-c', 'exec "$0" --config "$1" 2>"$2"', telegraf, conf, err], {
    stdio: 'ignore',
    env: cleanEnvironment(),
  });
  const ended = once(child, 'exit');
  try {
    for (const port of ports.values()) await untilBound(port);
    for (const one of cases) await send(ports.get(one.name) ?? 0, datagrams(root, one));
    await untilQuiet(out);
    child.kill('SIGTERM');
    await ended;
    return byCase(readFileSync(out, 'latin1'), readFileSync(err, 'utf8'), cases);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function telegrafConf(root: string, cases: readonly Case[], ports: ReadonlyMap<string, number>, out: string): string {
  const file = (name: string) => JSON.stringify(recordingFile(root, name));
  const inputs = cases.map(
    ({ name, level, hasAuthFile, hasTypesDb }) => `[[inputs.socket_listener]]
  alias = "${name}"
  service_address = "udp://127.0.0.1:${ports.get(name)}"
  read_buffer_size = "4MiB"
  data_format = "collectd"
  collectd_auth_file = ${hasAuthFile ? file('auth') : '"/nonexistent"'}
  collectd_security_level = "${level}"
  collectd_typesdb = [${hasTypesDb ? `${file('types.used.db')}, ${file('types-custom.db')}` : ''}]
  [inputs.socket_listener.tags]
    ${TAG} = "${name}"
`,
  );
  return `[agent]
  flush_interval = "100ms"
  metric_buffer_limit = 1000000
  metric_batch_size = 100000
  omit_hostname = true

${inputs.join('\n')}
[[outputs.file]]
  files = [${JSON.stringify(out)}]
  data_format = "influx"
  influx_uint_support = true
`;
}

/** Waits for the receiver now and then: nothing may be lost before it was looked at. */
async function send(port: number, all: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (const [i, datagram] of all.entries()) {
    await new Promise((resolve) => socket.send(datagram, resolve));
    if (i % 20 === 19) await untilRead(port);
  }
  await untilRead(port);
  socket.close();
}

async function untilQuiet(file: string): Promise<void> {
  for (let before = -1, now = 0; now !== before || now === 0; ) {
    before = now;
    await setTimeout(QUIET_MS);
    now = readFileSync(file).length;
  }
}

function byCase(text: string, log: string, cases: readonly Case[]): Map<string, TelegrafRun> {
  const lines = text.split('\n');
  const said = log.split('\n').map((line) => line.replace(/^\S+ /, ''));
  return new Map(
    cases.map(({ name }) => {
      const mark = `,${TAG}=${name}`;
      // the mark of one case may begin as that of another
      const own = lines.filter((line) => line.includes(`${mark},`) || line.includes(`${mark} `));
      const alias = `[inputs.socket_listener::${name}] `;
      return [
        name,
        {
          lines: own.map((line) => `${line.replace(mark, '')}\n`).join(''),
          log: said.filter((line) => line.includes(alias)).map((line) => line.replace(alias, '')),
        },
      ];
    }),
  );
}
