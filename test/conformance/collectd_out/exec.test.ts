import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { BUILT_IN_TYPES } from '../../../plugins/collectd_out/known-types.ts';
import { MAX_TEXT_LINE_BYTES } from '../../../shared/collectd-protocol/putval-writer.ts';
import { readPutnotif } from '../../../shared/collectd-protocol/read-putnotif.ts';
import { readPutval } from '../../../shared/collectd-protocol/read-putval.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { parseTypesDb, TypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { lines, puts, collectdOutTest as test } from './collectd-out.ts';

const TYPES_DB = new URL('../../fixtures/collectd/types.used.db', import.meta.url).pathname;
const types = new TypesDb([
  ...BUILT_IN_TYPES,
  ...parseTypesDb([{ name: TYPES_DB, bytes: readFileSync(TYPES_DB) }]).types,
]);
const OPTIONS = `transport = "exec"\ntypes_db = ["${TYPES_DB}"]`;

/** What collectd would not take of the output; nothing else may stand there. */
function unreadable(output: string): string[] {
  expect(output.endsWith('\n')).toBe(true);
  return output
    .slice(0, -1)
    .split('\n')
    .filter((line) => {
      if (line.length >= MAX_TEXT_LINE_BYTES) return true;
      const read = line.startsWith('PUTNOTIF ')
        ? readPutnotif(line as ByteString)
        : readPutval(line as ByteString, { types, now: () => 1n << 60n });
      return isTextProblem(read);
    });
}

describe('stdout', () => {
  test('has nothing but lines that collectd can read, whatever comes in', async ({ collectdOut }) => {
    const host = collectdOut(OPTIONS, 'collectd');
    const odd = [
      '# a comment',
      '',
      '   ',
      'no line protocol',
      'm',
      'm,t= v=1',
      'm v="a string',
      'with a newline",w=1',
      'm,host=a\\ b,t="q\\\\ v=1',
      'm,t=\xff\xfe v=1,\xff=2',
      'm,host=h,t=a\tb v=1',
      `m,t=${'x'.repeat(5000)} v=1`,
      `${'m'.repeat(300)} v=1`,
      `m,host=h ${Array.from({ length: 500 }, (_, i) => `f${i}=${i}`).join(',')}`,
      'm v=1e308,w=-1e-308,x=0.1e5,y=.5,z=5.',
      'm v=1 -5',
      'm v=1 0',
      'm v=1 9223372036854775807',
      'm v=1',
      'collectd_x,host=h,type=if_octets rx=1i',
      'collectd_notification,host=h,severity=okay message=""',
      `collectd_notification,host=h,severity=nobody\\ knows message="${'y'.repeat(5000)}"`,
      'collectd_notification,host="h,plugin=a\\ b,severity=failure message="a\nb\t\\"c\\"",x="\n"',
      `dma_event,alert=${'"'.repeat(300)},state=firing,severity=crit vm="1",${'k'.repeat(300)}="v"`,
    ];
    await host.write(Buffer.from(`${odd.join('\n')}\n`, 'latin1'));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(unreadable(host.stdout.raw)).toEqual([]);
    expect(host.stdout.lines.length).toBeGreaterThan(500);
    expect(host.stdout.lines.filter((line) => line.startsWith('PUTNOTIF')).length).toBe(3);
    expect(host.stdout.blankLines).toBe(0);
  });

  test('of the metrics of a real Telegraf', async ({ collectdOut }) => {
    const host = collectdOut(OPTIONS);
    await host.write(readFileSync(new URL('../../fixtures/telegraf/host-metrics.lp', import.meta.url)));
    await host.stop();
    await host.finished;
    expect(unreadable(host.stdout.raw)).toEqual([]);
    expect(host.stdout.lines.length).toBeGreaterThan(1000);
  });

  test('waits for its reader, and loses nothing', async ({ collectdOut }) => {
    const host = collectdOut(OPTIONS, 'pipe', { reading: 'never' });
    const writing = host.flood((n) => lines(n * 100, n * 100 + 100), 500);
    await writing.standsStill();
    expect(writing.written).toBeLessThan(500);
    host.reader.start();
    expect(await writing.ended).toBeUndefined();
    await host.stop();
    await host.finished;
    expect(host.stdout.raw).toBe(
      puts(0, 50_000)
        .map((put) => `${put}\n`)
        .join(''),
    );
  });

  test('that is closed ends the program', async ({ collectdOut }) => {
    const host = collectdOut(OPTIONS);
    await host.write(lines(0, 10));
    await host.stdout.atLeast(10);
    host.reader.leave();
    await host.write(lines(10, 20));
    expect(await host.exited).toEqual({ code: 0, signal: null });
  });
});

test('under Telegraf, where nobody reads such lines, it says so and leaves', async ({ collectdOut }) => {
  const host = collectdOut(OPTIONS, 'telegraf');
  expect((await host.finished).code).toBe(2);
  expect(host.stdout.text + host.stderr.text).toContain('nobody reads PUTVAL lines from stdout under Telegraf');
});

test('stderr is quiet when all is well', async ({ collectdOut }) => {
  const host = collectdOut(OPTIONS, 'collectd');
  await host.write(lines(0, 1000));
  await host.stop();
  await host.finished;
  expect(host.stderr.text).toBe('');
});

test('a types_db that is a pipe or has no end is told, and nobody waits for it', async ({ collectdOut, folder }) => {
  const fifo = join(folder, 'fifo.db');
  execFileSync('mkfifo', [fifo]);
  const host = collectdOut(`types_db = ["${fifo}", "/dev/zero"]`, 'collectd');
  await host.write(lines(0, 10));
  await host.stop();
  await host.finished;
  expect(host.stdout.lines).toEqual(puts(0, 10));
  expect(host.stderr.lines).toEqual([
    expect.stringMatching(/fifo\.db\\?" is no file; types that are not known are those of the default map only$/),
    expect.stringMatching(/zero\\?" is no file; types that are not known are those of the default map only$/),
  ]);
});

test('more series than are remembered are told', async ({ collectdOut }) => {
  const host = collectdOut(`${OPTIONS}\nmax_series = 1000`, 'collectd');
  await host.write(lines(0, 5000));
  await host.stop();
  await host.finished;
  expect(host.stdout.lines).toEqual(puts(0, 5000));
  expect(host.stderr.text).toMatch(/series were forgotten, as more come than "max_series" = 1000; /);
});
