import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('the demo runs on a pipe: plain text, no line lost, figures in the summary', { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['shared/build/run.mjs', 'examples/demo/main.ts', '--seconds', '6'],
    // no telegraf on this PATH
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TELEGRAF: '', PATH: '/usr/bin:/bin' } },
  );
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
});
