import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { requireCollectd } from '../../support/collectd.ts';
import { requireTelegraf } from '../../support/telegraf.ts';

const { path: telegraf = '', missing } = await requireTelegraf();
const collectd = await requireCollectd();
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs the demo as short as it goes. */
function demo(telegraf: string) {
  return spawnSync(process.execPath, ['shared/build/run.mjs', 'examples/demo/main.ts', '--seconds', '6'], {
    cwd: ROOT,
    encoding: 'utf8',
    // no telegraf on this PATH
    env: { ...process.env, TELEGRAF: telegraf, COLLECTD: collectd.path, PATH: '/usr/bin:/bin' },
  });
}

test('the demo runs on a pipe: plain text, no line lost, figures in the summary', { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = demo('');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).not.toContain('\u001b');

  // who runs where, and the service context, in the same line
  expect(stdout).toMatch(
    /^ {2}\+ net,host=node-1,interface=tapa5f78d67-90,vm_id=11111111-.*,sfc=media_dash,.*surrogate=mpegdash_1_web-1/m,
  );
  expect(stdout).toMatch(/^ {2}\+ cpu,host=\S+,cpu=cpu-total,server=\S+,location=here /m);
  expect(stdout).toMatch(/^ {2}- mpegdash_service,.*sfc=bank_core/m);
  expect(stdout).not.toMatch(/^ {2}\+ .*bank_core/m);

  const [, sent, received] = /lines in, lines out +([\d ]+), ([\d ]+)$/m.exec(stdout) ?? [];
  expect(sent).toBeDefined();
  expect(received).toBe(sent);
  expect(stdout).toMatch(/at full speed +[\d ]+ lines\/s, \d+ ns of CPU per line$/m);
  expect(stdout).toMatch(/delay [\d.]+ ms \(half of the groups\), [\d.]+ ms \(99 of 100\), [\d.]+ % of a CPU$/m);
  expect(stdout).toMatch(/claims replaced +[1-9]/);

  if (collectd.missing) return;
  expect(stdout).toContain(`A real collectd (${collectd.path})`);
  for (const plugin of ['cpu', 'memory', 'interface', 'load', 'notification']) {
    expect(stdout).toMatch(new RegExp(`^ {2}collectd_${plugin},host=.*,location=here,.*sfc=media_dash`, 'm'));
  }
  expect(stdout).toMatch(/values out +[1-9][\d ]* lines from [1-9]\d* datagrams$/m);
  expect(stdout).not.toContain('What they said');
});

test.skipIf(missing)('with Telegraf it runs under it, and says so', { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = demo(telegraf);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain(`Running under Telegraf (${telegraf})`);
  expect(stdout).toMatch(/^ {2}\+ net,host=node-1,interface=tapa5f78d67-90,.*sfc=media_dash,.*vm_id=11111111-/m);
  expect(stdout).toMatch(/^ {2}\+ cpu,cpu=cpu-total,host=\S+,location=here,server=\S+ /m);
  expect(stdout).toMatch(/metrics out of Telegraf +[1-9][\d ]*, [\d ]+\/s$/m);
  expect(stdout).toMatch(/CPU of the chain +[\d.]+ % of a CPU$/m);
  expect(stdout).not.toMatch(/^ {2}\S+ E! /m);
});
