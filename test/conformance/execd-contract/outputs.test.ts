import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { ExecdHost } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';
import { buildTestProgram } from '../../support/test-program.ts';
import { allTagged, CONTEXT, line, lines, tagged } from './context-stage.ts';

const program = await buildTestProgram();

/** `processTest`, with a chain of surrogate_context and outputs. */
const test = processTest.extend<{
  out: (name?: string) => string;
  chain: (outputs: string, as?: 'telegraf' | 'pipe') => ExecdHost;
}>({
  out: async ({ folder }, use) => {
    await use((name = 'out.lp') => readFileSync(`${folder}/${name}`, 'utf8'));
  },
  chain: async ({ start, file, folder }, use) => {
    await use((outputs, as = 'telegraf') => {
      const config = file('chain.conf', CONTEXT + outputs.replaceAll('FOLDER', folder));
      return start({ command: program('chain', '--config', config, '--host', as) });
    });
  },
});

const OUTPUT = '\n[[outputs.test_output]]\n  file = "FOLDER/out.lp"\n';

describe('outputs.execd: a chain that ends in an output', () => {
  test('gets every line, and nothing but the log is on stdout', async ({ chain, out }) => {
    const host = chain(OUTPUT);
    for (let n = 0; n < 20_000; n += 1000) await host.write(lines(1000, n));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(out() === allTagged(20_000)).toBe(true);
    // outputs.execd logs all of stdout as info and all of stderr as error; a newline would be a line of its log
    expect(host.stdout.raw).toMatch(/^[^\n]*Ended after \d+ writes.*\n$/);
    expect(host.stderr.raw).toBe('');
  });

  test('that is slow stops the reading, gets one batch at a time, and loses nothing', async ({ chain, out }) => {
    const host = chain(`${OUTPUT}  delay = "20ms"\n`);
    for (let n = 0; n < 20_000; n += 1000) await host.write(lines(1000, n));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(out() === allTagged(20_000)).toBe(true);
    expect(host.stdout.raw).toContain(' 1 at a time, 0 open');
  });

  test('SIGTERM in full flow: all that was read is delivered', async ({ start, file, folder, out }) => {
    const config = file('chain.conf', CONTEXT + `${OUTPUT}  delay = "5ms"\n`.replace('FOLDER', folder));
    const host = start({ command: program('chain', '--config', config), keepStdin: true });
    const flood = host.flood(line);
    await flood.reaches(20_000);
    host.signal('SIGTERM');
    expect((await host.exited).code).toBe(0);
    flood.stop();
    await host.finished;
    const delivered = out().split('\n').length - 1;
    const left = host.leftInStdin().filter((byte) => byte === 10).length;
    expect(delivered + left).toBe(flood.written);
    expect(out() === allTagged(delivered)).toBe(true);
  });

  test('that holds lines delivers them at the end', async ({ chain, out }) => {
    const host = chain(`${OUTPUT}  hold = true\n  stop_delay = "200ms"\n`);
    await host.write(lines(1000));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(out() === allTagged(1000)).toBe(true);
  });

  test('several outputs each get every batch, also when one is slow', async ({ chain, out }) => {
    const slow = OUTPUT.replace('out.lp', 'slow.lp');
    const host = chain(`${OUTPUT}${slow}  delay = "10ms"\n`);
    for (let n = 0; n < 10_000; n += 1000) await host.write(lines(1000, n));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(out() === allTagged(10_000)).toBe(true);
    expect(out('slow.lp') === allTagged(10_000)).toBe(true);
  });

  for (const trouble of ['rejects', 'throws']) {
    test(`that ${trouble}: told, counted, and the next batch is tried`, async ({ chain, out }) => {
      const host = chain(`${OUTPUT}  trouble = "${trouble}"\n`);
      for (let n = 0; n < 50; n++) {
        await host.write('net,host=trouble rx=1i 1\n');
        await host.write(line(n));
      }
      await host.stderr.line(/said no|has thrown/); // lost lines are an error
      await host.write(line(50));
      expect((await host.stop()).signal).toBeNull();
      await host.finished;
      expect(out().endsWith(tagged(50))).toBe(true);
      expect(host.stderr.lines.length, 'messages').toBeLessThan(10);
      expect(host.stderr.raw).not.toContain('    at ');
      // no line lost without a counter: the last words say how many
      const all = host.stderr.raw + host.stdout.raw;
      const lost = 101 - (out().split('\n').length - 1);
      expect(lost).toBeGreaterThanOrEqual(50);
      expect(all).toMatch(new RegExp(`\\b${lost}\\b`));
    });
  }

  test('that never comes to an end: SIGTERM ends it in time and says so', async ({ chain }) => {
    const host = chain(`${OUTPUT}  trouble = "never"\n`);
    await host.write('net,host=trouble rx=1i 1\n');
    await host.write(lines(10));
    expect((await host.stop()).signal).not.toBe('SIGKILL');
    await host.finished;
    expect(host.stderr.raw).toMatch(/lost/);
  });
});
