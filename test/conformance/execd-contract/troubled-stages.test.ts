import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';
import { buildTestProgram } from '../../support/test-program.ts';
import { CONTEXT, line, tagged } from './context-stage.ts';

const program = await buildTestProgram();

const PROCESSOR = '\n[[processors.troubled_processor]]\n';

describe('a processor with a bug', () => {
  test('loses no line: each passes as if the stage were not there, and it is told once', async ({ start, file }) => {
    const config = file('chain.conf', PROCESSOR + CONTEXT);
    const host = start({ command: program('chain', '--config', config, '--host', 'telegraf') });
    for (let n = 0; n < 200; n++) await host.write(`net,throw=${n} rx=1i 1\n`);
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.count).toBe(201);
    for (const text of host.stdout.lines.slice(0, 200)) {
      expect(text).toMatch(/^net,throw=\d+,sfc=media_dash,sfc_i=media_dash_1 rx=1i 1$/);
    }
    expect(host.stdout.lines[200]).toBe(tagged(0).trimEnd().replace(',sfc=', ',seen=yes,sfc='));
    expect(host.stderr.lines.length).toBeLessThan(5);
    expect(host.stderr.raw).toMatch(/a bug in line/);
    expect(host.stderr.raw).toMatch(/\b200\b/);
    for (const text of host.stderr.lines) expect(text).toMatch(/^[EWI]! \S/);
  });

  test('that cannot start: one line, status 1', async ({ start, file }) => {
    const config = file('stage.conf', `${PROCESSOR}  start = "throws"\n`);
    const host = start({ command: program('troubled-processor', '--config', config, '--host', 'telegraf') });
    expect(await host.finished).toEqual({ code: 1, signal: null });
    expect(host.stderr.lines).toEqual([expect.stringMatching(/^E! .*the start has failed/)]);
  });

  test('outside of all calls ends the process: what came is delivered, the stack is one line', async ({
    start,
    file,
  }) => {
    for (const later of ['throws', 'rejects']) {
      const config = file('stage.conf', `${PROCESSOR}  later = "${later}"\n`);
      const host = start({ command: program('troubled-processor', '--config', config, '--host', 'telegraf') });
      await host.write(line(0));
      expect(await host.finished, later).toEqual({ code: 1, signal: null });
      expect(host.stdout.count, later).toBe(1);
      expect(host.stderr.lines, later).toEqual([expect.stringMatching(/^E! .*a bug in a (timer|promise)/)]);
    }
  });

  test('that cannot stop loses no line and holds up nobody', async ({ start, file }) => {
    for (const stop of ['throws', 'never']) {
      const config = file('stage.conf', `${PROCESSOR}  stop = "${stop}"\n`);
      const host = start({ command: program('troubled-processor', '--config', config, '--host', 'telegraf') });
      await host.write(line(0));
      const exit = await host.stop();
      expect(exit.signal, stop).not.toBe('SIGKILL');
      await host.finished;
      expect(host.stdout.count, stop).toBe(1);
      expect(host.stdout.blankLines, stop).toBe(65_536);
    }
  });
});

describe('an input with a bug', () => {
  const input = (options: string) => `[[inputs.troubled_input]]\n${options}`;
  const gathering = (text: string) => Number(/gathering=(\d+)i/.exec(text)?.[1]);

  test('a slow gathering never overlaps with the next; one trigger waits', async ({ start, file }) => {
    const config = file('input.conf', input('  takes = "100ms"\n'));
    const words = ['--config', config, '--host', 'telegraf', '-poll_interval_disabled'];
    const host = start({ command: program('troubled-input', ...words) });
    await host.write('\n');
    await host.stderr.line('Gathering 1');
    for (let n = 0; n < 50; n++) await host.write('\n');
    await host.stdout.atLeast(2);
    await host.stop();
    await host.finished;
    expect(host.stdout.lines.map(gathering)).toEqual([1, 2]);
    expect(host.stderr.raw).not.toContain('Two gatherings');
  });

  test('a gathering under way at the end is finished and delivered', async ({ start, file }) => {
    const config = file('input.conf', input('  takes = "300ms"\n  points = 500\n'));
    const words = ['--config', config, '--host', 'telegraf', '-poll_interval_disabled'];
    const host = start({ command: program('troubled-input', ...words) });
    await host.write('\n');
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.count).toBe(500);
  });

  test('a gathering that fails is told, and the next one works', async ({ start, file }) => {
    const config = file('input.conf', `[process]\n  stats_interval = "1h"\n${input('  throws_at = 1\n')}`);
    const words = ['--config', config, '--host', 'telegraf', '-poll_interval', '10ms'];
    const host = start({ command: program('troubled-input', ...words) });
    await host.stderr.line(/^[EW]! .*nothing to be had/);
    await host.stdout.atLeast(2);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(gathering(host.stdout.lines[0] ?? '')).toBe(2);
    expect(host.stdout.text).toMatch(/^internal_troubled_input,.* gather_errors=1i[, ]/m);
  });

  test('more points than a pipe holds wait for a slow reader', async ({ start, file }) => {
    const config = file('input.conf', input('  points = 20000\n'));
    const words = ['--config', config, '--host', 'telegraf', '-poll_interval_disabled'];
    const host = start({ command: program('troubled-input', ...words), reading: { bytes: 16_384, pauseMs: 1 } });
    await host.write('\n');
    await host.stdout.atLeast(20_000);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.lines.map((text) => Number(/n=(\d+)i/.exec(text)?.[1]))).toEqual(
      Array.from({ length: 20_000 }, (_, n) => n),
    );
  });

  test('flushes to a chain: input, processor, output', async ({ start, file, folder }) => {
    const config = file(
      'chain.conf',
      `${input('  points = 3\n')}${CONTEXT}[[outputs.test_output]]\n  file = "${folder}/out.lp"\n`,
    );
    const host = start({ command: program('chain', '--config', config, '--once', '--host', 'pipe') });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.raw).toBe('');
    expect(readFileSync(`${folder}/out.lp`, 'utf8').match(/^tick,host=node-1,sfc=media_dash/gm)).toHaveLength(3);
  });
});
