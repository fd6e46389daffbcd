import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { WireRecorder } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

/** What docs/guide/collectd.md says of collectd besides its messages: were it otherwise, we would give bad advice. */
describe.skipIf(missing)('collectd', () => {
  test('-t ends with 0 when there is no configuration at all', async ({ start, folder }) => {
    const host = start({ command: [binary, '-t', '-C', `${folder}/no-such-file.conf`] });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stderr.text).toBe('');
  });

  test('SIGHUP ends the daemon', async ({ collectd }) => {
    const daemon = collectd({ config: 'LoadPlugin load' });
    await daemon.ready();
    daemon.host.signal('SIGHUP');
    expect((await daemon.host.finished).code).not.toBe(0);
  });

  test('a file of the directory with bad syntax is skipped, and the others count', async ({ collectd, folder }) => {
    mkdirSync(`${folder}/conf.d`);
    writeFileSync(`${folder}/conf.d/bad.conf`, '<Plugin load>\n');
    writeFileSync(`${folder}/conf.d/good.conf`, 'LoadPlugin load\n');
    const daemon = collectd({ config: `<Include "${folder}/conf.d">\n  Filter "*.conf"\n</Include>` });
    await daemon.ready();
    expect(daemon.log.text).toContain('plugin "load" successfully loaded');
    expect(daemon.log.text).toMatch(/bad\.conf|arse error/);
  });

  test('a value waits for a full datagram without FlushInterval, and is sent at the end', async ({
    collectd,
    execSaying,
  }) => {
    const [waiting, flushed] = [await WireRecorder.open(), await WireRecorder.open()];
    const daemon = (recorder: WireRecorder, load: string) =>
      collectd({
        config: `${load}
LoadPlugin exec
<Plugin exec>
  ${execSaying('PUTVAL h/p/gauge N:1\n')}
</Plugin>
<Plugin network>
  Server "127.0.0.1" "${recorder.port}"
</Plugin>`,
      });
    const without = daemon(waiting, 'LoadPlugin network');
    await without.ready();
    daemon(flushed, '<LoadPlugin network>\n  FlushInterval 1\n</LoadPlugin>');
    const isValue = ({ identifier }: { identifier: string }) => identifier === 'h/p/gauge';
    await flushed.record('the flushed value', isValue);
    expect(waiting.records).toEqual([]);
    await without.stop();
    await waiting.record('the value at the end', isValue);
    waiting.close();
    flushed.close();
  });

  test('Exec gives numbers without quotes six decimals, and no shell', async ({ collectd, account }) => {
    const daemon = collectd({
      config: `LoadPlugin exec\n<Plugin exec>\n  Exec "${account.name}" "/bin/sh" "-c" "echo E! $0 $1 $HOME >&2; sleep 600" 5 "5; x"\n</Plugin>`,
      environment: { HOME: '/home/of-collectd' },
    });
    await daemon.log.line('E! 5.000000 5; x /home/of-collectd');
  });

  // only a daemon of root can change the user
  test.skipIf(process.getuid?.() !== 0)(
    'Exec gives the primary group and the named one, and no other',
    async ({ account, start, file, folder, execLine }) => {
      const tell = execLine(['sh', '-c', 'echo "groups $(id -G)" >&2; exec sleep 600']);
      const config = file(
        'root.conf',
        `FQDNLookup false\nBaseDir "${folder}"\nLoadPlugin exec\n<Plugin exec>\n  ${tell}\n  ${tell.replace(account.name, `${account.name}:daemon`)}\n</Plugin>\n`,
      );
      const daemon = start({ command: [binary, '-f', '-C', config] });
      await daemon.stderr.line(new RegExp(`groups ${account.gid}$`));
      await daemon.stderr.line(new RegExp(`groups ${account.gid} 1$`));
    },
  );
});
