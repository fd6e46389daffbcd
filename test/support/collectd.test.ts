import { describe, expect } from 'vitest';
import { collectdTest, requireCollectd } from './collectd.ts';
import { asAccount } from './collectd-account.ts';
import { WireRecorder } from './udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

describe.skipIf(missing)('a real collectd', () => {
  test('runs as an ordinary user who can read the program', async ({ start, account, ours }) => {
    expect(account.uid).not.toBe(0);
    const host = start({
      command: asAccount(account, ours('--version')),
      environment: { NODE_EXTRA_CA_CERTS: undefined },
    });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toMatch(/^crosslayer \d/);
  });

  test('sends on what an Exec program gives it, and answers on its own stdout', async ({ collectd, execSaying }) => {
    const recorder = await WireRecorder.open();
    const lines =
      'PUTVAL h/p-i/fx_mixed4-t interval=10 1700000000.5:-0:-9223372036854775808:18446744073709551615:1\nPUTVAL h/p/none N:1\n';
    const daemon = collectd({
      config: `
LoadPlugin exec
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin exec>
  ${execSaying(lines)}
</Plugin>
<Plugin network>
  Server "127.0.0.1" "${recorder.port}"
</Plugin>`,
    });
    await daemon.ready();
    await daemon.answers.line("Type `none' isn't defined");
    await recorder.record('the value list', ({ kind }) => kind === 'values');
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
    expect(recorder.records).toEqual([
      {
        kind: 'values',
        identifier: 'h/p-i/fx_mixed4-t',
        time: (1_700_000_000n << 30n) + (1n << 29n),
        interval: 10n << 30n,
        values: [
          'gauge:8000000000000000',
          'derive:8000000000000000',
          'counter:ffffffffffffffff',
          'absolute:0000000000000001',
        ],
        severity: 0,
        message: '',
      },
    ]);
    recorder.close();
  });
});
