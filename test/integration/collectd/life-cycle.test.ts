import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { type Collectd, collectdTest, requireCollectd } from '../../support/collectd.ts';
import { freeUdpPort, untilUdpPort } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();

const test = collectdTest(binary).extend<{
  /** Starts a collectd that runs a chain of this configuration. */
  daemonOf: (chain: string) => Collectd;
}>({
  daemonOf: async ({ collectd, file, execLine, ours }, use) => {
    await use((text) => {
      const exec = execLine(ours('chain', '--config', file('chain.conf', text)));
      return collectd({ config: `LoadPlugin csv\nLoadPlugin exec\n<Plugin exec>\n${exec}\n</Plugin>` });
    });
  },
});

/** Without any work left; what has work has 4 s. */
const LEAVING_MS = 4_000;

const chain = (port: number) => `
[[inputs.collectd_in]]
  listen = ["udp://127.0.0.1:${port}"]
[[outputs.collectd_out]]
  transport = "exec"
`;

describe.skipIf(missing)('a chain that collectd has started', () => {
  test.concurrent('leaves when collectd stops, before it would have to be killed', async ({ daemonOf }) => {
    const port = await freeUdpPort();
    const daemon = daemonOf(chain(port));
    await untilUdpPort(port);
    const [child = 0] = childrenOf(daemon.host.pid);
    expect(child).toBeGreaterThan(0);
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
    await gone(child);
    expect(daemon.complaints).toEqual([]);
  });

  for (const traffic of ['no traffic', 'traffic'] as const) {
    test.concurrent(`leaves when collectd is killed with -9, with ${traffic}`, async ({ collectd, daemonOf }) => {
      const port = await freeUdpPort();
      const daemon = daemonOf(chain(port));
      await untilUdpPort(port);
      const [child = 0] = childrenOf(daemon.host.pid);
      if (traffic === 'traffic') await sendLoad(collectd, port);
      process.kill(daemon.host.pid, 'SIGKILL');
      await gone(child);
    });
  }

  test.concurrent('says in the log of collectd that its port is taken, by which port, and is started again', async ({
    daemonOf,
  }) => {
    const busy = createSocket('udp4').bind(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address();
    const daemon = daemonOf(chain(port));
    const told = await daemon.log.line('E! ');
    expect(told).toMatch(
      new RegExp(`E! Cannot listen at udp://127\\.0\\.0\\.1:${port}: another program has this port`),
    );
    expect(told).not.toMatch(/EADDRINUSE:.*\n\s+at/);
    busy.close();
    await untilUdpPort(port);
    const [child = 0] = childrenOf(daemon.host.pid);
    await daemon.stop();
    await gone(child);
  });

  test.concurrent('names the users of wrong passwords and unknown ones, and no password', async ({
    collectd,
    daemonOf,
    file,
  }) => {
    const port = await freeUdpPort();
    const auth = file('auth', 'alice: right-one\n');
    const daemon = daemonOf(
      chain(port).replace('[[outputs', `  auth_file = "${auth}"\n  security_level = "sign"\n[[outputs`),
    );
    await untilUdpPort(port);
    const server = (level: string, user: string) =>
      `<Server "127.0.0.1" "${port}">\n SecurityLevel ${level}\n Username "${user}"\n Password "wrong-one"\n</Server>\n`;
    collectd({
      hostname: 'node-a',
      config: `LoadPlugin load\n<LoadPlugin network>\n FlushInterval 0.1\n</LoadPlugin>
<Plugin network>
  ${server('Sign', 'alice')}${server('Sign', 'bob')}${server('Encrypt', 'alice')}
</Plugin>`,
    });
    for (const user of ['alice', 'bob']) await daemon.log.line(new RegExp(`[EW]! .*${user}`));
    expect(daemon.log.text).not.toMatch(/wrong-one|right-one/);
    expect(daemon.log.lines.filter((line) => line.includes('alice')).length).toBeLessThan(4);
  });
});

/** Sends the load of this machine to a port, and resolves when that has begun. */
async function sendLoad(collectd: (options: { config: string }) => Collectd, port: number): Promise<void> {
  const sender = collectd({
    config: `LoadPlugin load\n<LoadPlugin network>\n FlushInterval 0.1\n</LoadPlugin>
<Plugin network>\n Server "127.0.0.1" "${port}"\n</Plugin>`,
  });
  await sender.ready();
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => statOf(pid)?.[1] === String(parent));
}

/** State, parent and what follows of a process; undefined when it has gone. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Resolves when the process has ended, whether somebody has waited for it or not. */
async function gone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(['Z', undefined]).toContain(statOf(pid)?.[0]), { timeout: LEAVING_MS, interval: 20 });
}
