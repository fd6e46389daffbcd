import { join } from 'node:path';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost, ExecdOptions } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';
import { ScriptedUnixsock } from '../../support/scripted-unixsock.ts';

/** What a test of collectd_out gets besides. */
export interface CollectdOutFixtures {
  /** Starts it with these options. */
  collectdOut: (options: string, host?: 'pipe' | 'telegraf' | 'collectd', around?: Partial<ExecdOptions>) => ExecdHost;
  /** A path for a socket, and the server there. */
  socket: string;
  listen: () => Promise<ScriptedUnixsock>;
}

export const collectdOutTest = processTest.extend<CollectdOutFixtures>({
  collectdOut: async ({ start, file }, use) => {
    await use((options, host = 'pipe', around = {}) => {
      const config = file('collectd-out.conf', `[[outputs.collectd_out]]\n${options}\n`);
      const command = crosslayer('collectd-out', '--host', host, '--config', config);
      return start({ command, encoding: 'latin1', ...around });
    });
  },
  socket: async ({ folder }, use) => {
    await use(join(folder, 'sock'));
  },
  listen: async ({ socket }, use) => {
    const servers: ScriptedUnixsock[] = [];
    await use(async () => {
      const server = await ScriptedUnixsock.open(socket);
      servers.push(server);
      return server;
    });
    for (const server of servers) await server.close();
  },
});

/** Line n, and what becomes of it. */
export const lineOf = (n: number) => `collectd_x,host=h,type=gauge,type_instance=${n} value=${n} 1700000000000000000\n`;
export const putOf = (n: number) => `PUTVAL h/x/gauge-${n} 1700000000:${n}`;
export const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => lineOf(from + i)).join('');
export const puts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => putOf(from + i));
