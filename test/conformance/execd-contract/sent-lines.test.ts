import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';
import { buildTestProgram } from '../../support/test-program.ts';

const program = await buildTestProgram();

const CHAIN = '[[inputs.sending_input]]\n';

describe('an input that sends lines of its own', () => {
  test('sends before the other stages stand, while it runs and at its stop, in order', async ({ start, file }) => {
    const config = file('chain.conf', `${CHAIN}  at_start = 3\n  at_stop = 2\n[[processors.surrogate_context]]\n`);
    const host = start({ command: program('chain', '--config', config, '--host', 'pipe', '--lines', '4') });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const places = ['start', 'start', 'start', 'loop', 'loop', 'loop', 'loop', 'stop', 'stop'];
    expect(host.stdout.lines).toEqual(places.map((from, n) => `sent,from=${from} n=${n}i 1`));
    expect(host.stderr.raw).toContain('W! [sending_input] Sent 7, waited false, no such flag true\n');
  });

  test('waits for a reader that is behind, and loses nothing', async ({ start }) => {
    const host = start({
      command: program('sending-input', '--lines=200000', '--host', 'pipe'),
      reading: { bytes: 4096, pauseMs: 0.1 },
      keep: 'count',
    });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.newlines).toBe(200_000);
    expect(host.stderr.raw).toContain('Sent 200000, waited true');
  });

  test('is not gathered from, by time or trigger, and lives until it is told to end', async ({ start, file }) => {
    const config = file('chain.conf', `${CHAIN}  ends = false\n  at_stop = 1\n`);
    const host = start({ command: program('sending-input', '--config', config, '--host', 'telegraf') });
    await host.stderr.line('Sent 0');
    await host.write('\n');
    host.signal('SIGUSR1');
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.lines).toEqual(['sent,from=stop n=0i 1']);
  });

  test('has no option "interval"', async ({ start, file }) => {
    const config = file('chain.conf', `${CHAIN}  interval = "1s"\n`);
    const host = start({ command: program('sending-input', '--config', config) });
    expect(await host.finished).toEqual({ code: 2, signal: null });
    expect(host.stderr.raw).toContain('chain.conf:2: unknown option "interval"');
  });

  test('may say in comments why, with --explain', async ({ start }) => {
    const host = start({ command: program('sending-input', '--lines', '2', '--explain', '--host', 'pipe') });
    await host.finished;
    expect(host.stdout.lines).toEqual(['sent,from=loop n=0i 1', '# said', 'sent,from=loop n=1i 1', '# said']);
  });
});

describe('a flag that one plugin knows', () => {
  test('is read and listed where the plugin is, with or without a value', async ({ start }) => {
    const host = start({ command: program('sending-input', '--twice', '-lines', '1', '--host', 'pipe') });
    await host.finished;
    expect(host.stdout.lines).toHaveLength(2);

    for (const name of ['sending-input', 'chain']) {
      const help = start({ command: program(name, '--help') });
      await help.finished;
      expect(help.stdout.raw).toMatch(/^Flags of sending_input:\n\n {2}--lines NUMBER +How many lines to send\.$/m);
    }
    const other = start({ command: program('test-output', '--help') });
    await other.finished;
    expect(other.stdout.raw).not.toContain('--lines');
  });

  test('is a mistake elsewhere', async ({ start, file }) => {
    const config = file('chain.conf', '[[processors.surrogate_context]]\n');
    const check = async (words: string[], expected: string) => {
      const host = start({ command: program(...words) });
      expect(await host.finished).toEqual({ code: 2, signal: null });
      expect(host.stderr.lines).toEqual([`E! ${expected}; see --help`]);
    };
    await check(['sending-input', '--line', '1'], 'Unknown flag "--line"; did you mean "lines"?');
    await check(['sending-input', '--lines'], '--lines needs a value');
    await check(['sending-input', '--twice=1'], '--twice takes no value');
    await check(['surrogate-context', '--lines', '1'], 'Unknown flag "--lines"');
    await check(
      ['chain', '--config', config, '--lines', '1'],
      '--lines is a flag of sending_input, which this chain does not have',
    );
  });
});
