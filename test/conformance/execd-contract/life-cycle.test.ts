import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { plugins } from '../../support/plugins.ts';
import { processTest as test } from '../../support/process-test.ts';
import { line, lines } from './context-stage.ts';

const processors = plugins().filter((plugin) => plugin.kind === 'processor');
const inputs = plugins().filter((plugin) => plugin.kind === 'input');

/** What every plugin keeps, with the configuration of its sample. A new plugin is found by its folder. */
describe('every plugin', () => {
  test('is found', () => {
    expect(processors.map((plugin) => plugin.subcommand)).toEqual(
      expect.arrayContaining(['surrogate-context', 'topology-tagger']),
    );
    expect(inputs.map((plugin) => plugin.subcommand)).toContain('host-metrics');
  });
});

describe.each(processors.map((plugin) => [plugin.subcommand, plugin] as const))('%s', (subcommand, plugin) => {
  const command = (config: string, host = 'telegraf') => crosslayer(subcommand, '--config', config, '--host', host);
  const sample = `[[processors.${plugin.name}]]\n`;

  test('delivers every line and ends at end of input', async ({ start, file }) => {
    const host = start({ command: command(file('plugin.conf', sample)) });
    await host.write(lines(10_000));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.count).toBe(10_000);
    expect(host.stdout.blankLines).toBe(65_536);
  });

  test('applied twice gives the bytes of once', async ({ start, file }) => {
    const config = file('plugin.conf', sample);
    const pass = async (input: string) => {
      const host = start({ command: command(config, 'pipe') });
      await host.write(input);
      host.closeStdin();
      await host.finished;
      return host.stdout.text;
    };
    const once = await pass(lines(1000));
    expect(await pass(once)).toBe(once);
  });

  test('logs with the level at column 0, one line each', async ({ start, file }) => {
    const host = start({ command: [...command(file('plugin.conf', sample)), '--debug'] });
    await host.write(lines(100));
    await host.write(`bad line\n,,=\nm s="open\n${'y'.repeat(100_000)}\n`);
    await host.stop();
    await host.finished;
    for (const text of host.stderr.lines) {
      expect(text).toMatch(/^[EWIDT]! \S/);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192);
    }
  });

  test('SIGTERM ends it with everything delivered', async ({ start, file }) => {
    const host = start({ command: command(file('plugin.conf', sample)) });
    await host.write(lines(100));
    await host.stdout.atLeast(100);
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.count).toBe(100);
  });

  test('a reader that leaves ends it quietly', async ({ start, file }) => {
    const host = start({ command: command(file('plugin.conf', sample), 'pipe') });
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    host.reader.leave();
    await host.write(line(1)).catch(() => {});
    expect(await host.exited).toEqual({ code: 0, signal: null });
  });
});

describe.each(inputs.map((plugin) => [plugin.subcommand, plugin] as const))('%s', (subcommand, plugin) => {
  const sample = `[[inputs.${plugin.name}]]\n`;

  test('gathers at a trigger and ends at end of input', async ({ start, file }) => {
    const config = file('plugin.conf', sample);
    const host = start({
      command: crosslayer(subcommand, '--config', config, '--host', 'telegraf', '-poll_interval_disabled'),
    });
    await host.write('\n');
    await host.stdout.atLeast(1);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.blankLines).toBe(65_536);
    for (const text of host.stderr.lines) expect(text).toMatch(/^[EWIDT]! \S/);
  });
});
