import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { plugins } from '../../support/plugins.ts';
import { processTest as test } from '../../support/process-test.ts';
import { line, lines } from './context-stage.ts';

const processors = plugins().filter((plugin) => plugin.kind === 'processor');
const outputs = plugins().filter((plugin) => plugin.kind === 'output');
const inputs = plugins().filter((plugin) => plugin.kind === 'input');

/** Where nobody has the PORT, what is sent there is lost, and told. */
const TELEGRAFS_WAY: Readonly<Record<string, string>> = {
  collectd_out: '[[outputs.collectd_out]]\n  transport = "network"\n  server = "udp://127.0.0.1:PORT"\n',
};

/** What every plugin keeps, with the configuration of its sample. A new plugin is found by its folder. */
describe('every plugin', () => {
  test('is found', () => {
    expect(processors.map((plugin) => plugin.subcommand)).toEqual(
      expect.arrayContaining(['surrogate-context', 'topology-tagger']),
    );
    expect(inputs.map((plugin) => plugin.subcommand)).toContain('host-metrics');
    expect(outputs.map((plugin) => plugin.subcommand)).toContain('append-file');
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
  // port 0: any that is free
  const sample = `[[inputs.${plugin.name}]]\n${plugin.gathers ? '' : '  listen = ["udp://127.0.0.1:0"]\n'}`;

  test('gathers at a trigger, where it gathers, and ends at end of input', async ({ start, file }) => {
    const config = file('plugin.conf', sample);
    const host = start({
      command: crosslayer(subcommand, '--config', config, '--host', 'telegraf', '-poll_interval_disabled'),
    });
    await host.write('\n');
    if (plugin.gathers) await host.stdout.atLeast(1);
    else await host.stderr.line('Listening at');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.blankLines).toBe(65_536);
    for (const text of host.stderr.lines) expect(text).toMatch(/^[EWIDT]! \S/);
  });
});

describe.each(outputs.map((plugin) => [plugin.subcommand, plugin] as const))('%s', (subcommand, plugin) => {
  /** The sample, with the files that it names in a folder of the test; one that would speak on stdout, which Telegraf logs, with another way. */
  const sampleIn = (folder: string) =>
    (TELEGRAFS_WAY[plugin.name] ?? readFileSync(join(plugin.folder, 'sample.conf'), 'utf8')).replace(
      /"(\/(?:var|run)\/[^"]+)"/g,
      (_, path: string) => {
        mkdirSync(dirname(folder + path), { recursive: true });
        return JSON.stringify(folder + path);
      },
    );

  test.for(['the end of input', 'SIGTERM'])(
    '%s ends it, and stdout has no lines',
    async (end, { start, file, folder }) => {
      const receiver = createSocket('udp4').bind(0, '127.0.0.1');
      await once(receiver, 'listening');
      const config = file('plugin.conf', sampleIn(folder).replace('PORT', String(receiver.address().port)));
      const host = start({ command: crosslayer(subcommand, '--config', config, '--host', 'telegraf', '--debug') });
      await host.write(`${lines(1000)}broken\n`);
      // outputs.execd logs stdout: the malformed line is told there
      await host.stdout.line('"broken"');
      if (end === 'SIGTERM') host.signal('SIGTERM');
      else host.closeStdin();
      expect(await host.finished).toEqual({ code: 0, signal: null });
      receiver.close();
      for (const text of host.stdout.lines) expect(text).not.toMatch(/^net,/);
      expect(host.stdout.blankLines).toBe(0);
      expect(host.stderr.raw).toBe('');
    },
  );
});
