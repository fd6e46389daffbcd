import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child, PROGRAM } from './child.ts';
import type { DemoOptions } from './demo-options.ts';
import { OutputLines } from './output-lines.ts';
import { fieldOf, grouped, milliseconds, quantile } from './statistics.ts';

/** How long collectd measures this machine, every half second. */
const SECONDS = 3;

/** What of each plugin is shown, the first line that fits. */
const SHOWN: readonly { readonly title: string; readonly fits: RegExp }[] = [
  { title: 'collectd cpu: a derive keeps all its digits', fits: /^collectd_cpu,.*type_instance=user/ },
  { title: 'collectd memory', fits: /^collectd_memory,.*type_instance=used/ },
  { title: 'collectd interface: two values, one line', fits: /^collectd_interface,.*type=if_octets/ },
  { title: 'collectd load', fits: /^collectd_load,/ },
  { title: 'A notification of the threshold plugin', fits: /^collectd_notification,/ },
];

/** collectd as `COLLECTD` names it, on PATH, or where Debian has it. */
export function findCollectd(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.COLLECTD) return environment.COLLECTD;
  const folders = [...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'collectd')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Lets a real collectd measure this machine and send to a chain. Gives whether its lines came out. */
export async function runWithCollectd(collectd: string, { colour, folder, print }: DemoOptions): Promise<boolean> {
  const port = await freePort();
  const topology = join(folder, 'this-machine.toml');
  writeFileSync(topology, topologyOfThisMachine());
  const base = join(folder, 'collectd');
  mkdirSync(base);
  writeFileSync(join(base, 'collectd.conf'), collectdConf(base, port));
  print(`\nA real collectd (${collectd}) measures this machine every 500 ms and sends to one process, which receives,`);
  print('looks up who runs where and adds the service context.\n');

  const delaysMs: number[] = [];
  const output = new OutputLines(
    5000,
    () => {},
    (line) => delaysMs.push(delayOf(line)),
  );
  const command = [
    process.execPath,
    PROGRAM,
    'chain',
    '--host',
    'pipe',
    '--config',
    'examples/demo/collectd-chain.conf',
  ];
  const chain = new Child(command, { COLLECTD_PORT: String(port), TOPOLOGY_FILE: topology }, (chunk) =>
    output.take(chunk),
  );
  // what it says of itself says that it runs
  while (!output.statistics.has('internal_crosslayer') && (await isRunning(chain))) await delay(20);
  const daemon = new Child([collectd, '-f', '-C', join(base, 'collectd.conf')], {}, () => {});
  await Promise.race([delay(SECONDS * 1000), daemon.ended]);
  // it sends what it holds
  daemon.stop();
  await daemon.ended;
  await delay(100);
  chain.stop();
  await chain.ended;

  for (const { title, fits } of SHOWN) {
    const line = output.first.find((each) => fits.test(each));
    if (line !== undefined) print([title, `  ${colour ? painted(line) : line}`, ''].join('\n'));
  }
  const received = output.statistics.get('internal_collectd_in') ?? '';
  print('Summary');
  print(
    `  values out            ${grouped(output.count)} lines from ${grouped(fieldOf(received, 'datagrams'))} datagrams`,
  );
  print(
    `  delay                 ${milliseconds(quantile(delaysMs, 0.5))} (half), from the reading to the line; collectd sends every 100 ms`,
  );
  const log = [daemon.log, chain.log]
    .join('')
    .split('\n')
    .filter((line) => /^\[(error|warning)\]|^[EW]! /.test(line));
  if (log.length > 0) print(`\nWhat they said:\n${log.map((line) => `  ${line.slice(0, 160)}`).join('\n')}`);
  return output.first.some((line) => line.startsWith('collectd_cpu,'));
}

/** The tags that the chain has added are green. */
function painted(line: string): string {
  return line.replace(/,(?:server|location|network_name|sfc)=[^, ]*/g, '\u001b[32m$&\u001b[0m');
}

async function isRunning(child: Child): Promise<boolean> {
  return (await Promise.race([child.ended, delay(0, 'running' as const)])) === 'running';
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Who runs where: this machine, and its interfaces but the loopback. */
function topologyOfThisMachine(): string {
  const host = JSON.stringify(hostname());
  const interfaces = readdirSync('/sys/class/net').filter((name) => name !== 'lo');
  const rows = interfaces.map((name) => `[[interface]]\n  name = ${JSON.stringify(name)}\n  network_name = "uplink"\n`);
  return `[[host]]\n  name = ${host}\n  server = ${host}\n  location = "here"\n${rows.join('')}`;
}

function collectdConf(base: string, port: number): string {
  return `Hostname ${JSON.stringify(hostname())}
FQDNLookup false
BaseDir "${base}"
Interval 0.5
LoadPlugin logfile
<Plugin logfile>
  LogLevel warning
  File "stderr"
  Timestamp false
  PrintSeverity true
</Plugin>
LoadPlugin cpu
LoadPlugin memory
LoadPlugin interface
LoadPlugin load
LoadPlugin threshold
<Plugin threshold>
  <Plugin "load">
    <Type "load">
      DataSource "shortterm"
      WarningMax 1000
    </Type>
  </Plugin>
</Plugin>
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin network>
  Server "127.0.0.1" "${port}"
</Plugin>
`;
}

/** How old what a line says is now, in milliseconds. */
function delayOf(line: string): number {
  return Date.now() - Number(BigInt(line.slice(line.lastIndexOf(' ') + 1)) / 1_000_000n);
}
