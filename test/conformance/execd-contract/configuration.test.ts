import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { plugins } from '../../support/plugins.ts';
import { processTest as test } from '../../support/process-test.ts';
import { CONTEXT } from './context-stage.ts';

const TEN_MISTAKES = `[process]
max_line_bytes = "2MB of text"
validate = "everything"
invalid_line = "drop"

[[processors.surrogate_context]]
  profile = "clmcc"
  missing = 7
  requird = ["sfc"]
  namepass = "net"
  order = "first"
  [processors.surrogate_context.context]
    sfc = 12

[[processors.surrogat_context]]
`;
/** The lines of the mistakes above. */
const MISTAKEN = [2, 3, 4, 7, 8, 9, 10, 11, 13, 15];

describe('configuration', () => {
  test('with ten mistakes shows ten messages with file and line, and ends with status 2', async ({ start, file }) => {
    const config = file('plugin.conf', TEN_MISTAKES);
    const check = async (...more: string[]) => {
      const host = start({ command: crosslayer('surrogate-context', '--config', config, ...more) });
      expect(await host.finished).toEqual({ code: 2, signal: null });
      expect(host.stderr.text).not.toContain('    at ');
      const places = host.stderr.lines.map((text) => /plugin\.conf:(\d+): /.exec(text)?.[1]);
      expect(places.filter((place) => place !== undefined).map(Number)).toEqual(MISTAKEN);
      return host.stderr.lines;
    };
    const messages = await check('--host', 'telegraf');
    for (const message of messages) expect(message).toMatch(/^E! /);
    expect(messages.find((text) => text.includes(':4: '))).toContain('did you mean "invalid_lines"');
    expect(messages.find((text) => text.includes(':9: '))).toContain('did you mean "required"');
    await check('--config-check');
  });

  test('that is missing, a folder or no TOML is one short line, and status 2', async ({ start, file, folder }) => {
    const check = async (config: string, expected: RegExp) => {
      const host = start({ command: crosslayer('surrogate-context', '--config', config, '--host', 'telegraf') });
      expect(await host.finished).toEqual({ code: 2, signal: null });
      expect(host.stderr.lines).toEqual([expect.stringMatching(expected)]);
    };
    await check(`${folder}/absent.conf`, /^E! .*absent\.conf/);
    await check(folder, /^E! .*director|folder/);
    await check(file('broken.conf', '[process\n'), /^E! .*broken\.conf:\d+: /);
  });

  test('that asks about more tags than can be told apart is one line, and status 2', async ({ start, file }) => {
    const keys = Array.from({ length: 300 }, (_, i) => `key${i} = ["x"]`).join('\n');
    const config = file(
      'plugin.conf',
      `[[processors.surrogate_context]]\ncontext.sfc = 'x'\n[processors.surrogate_context.tagpass]\n${keys}\n`,
    );
    const host = start({ command: crosslayer('surrogate-context', '--config', config, '--host', 'telegraf') });
    expect(await host.finished).toEqual({ code: 2, signal: null });
    expect(host.stderr.lines).toEqual([expect.stringMatching(/^E! More than 250 different tags.*"key\d+"/)]);
  });

  test('unknown flags and subcommands are status 2 with one line that says what there is', async ({ start }) => {
    const check = async (words: string[], expected: RegExp) => {
      const host = start({ command: crosslayer(...words) });
      expect(await host.finished).toEqual({ code: 2, signal: null });
      expect(host.stdout.lines).toEqual([]);
      expect(host.stderr.text).toMatch(expected);
      expect(host.stderr.text).not.toContain('    at ');
    };
    await check(['surrogate-contxt'], /surrogate-context/);
    await check(['surrogate-context', '--confg', 'x'], /--confg/);
    await check(['surrogate-context', '--host', 'telegarf'], /telegraf/);
    await check(['surrogate-context', '--config'], /--config/);
  });

  test('comes from stdin with - and with /dev/stdin', async ({ start }) => {
    for (const name of ['-', '/dev/stdin']) {
      const host = start({ command: crosslayer('surrogate-context', '--config', name, '--config-check') });
      await host.write(CONTEXT);
      host.closeStdin();
      expect(await host.finished).toEqual({ code: 0, signal: null });

      const wrong = start({ command: crosslayer('surrogate-context', '--config', name, '--config-check') });
      await wrong.write(TEN_MISTAKES);
      wrong.closeStdin();
      expect((await wrong.finished).code).toBe(2);
    }
  });

  test('is found with a single dash, as the Go shim takes it', async ({ start, file }) => {
    const config = file('plugin.conf', CONTEXT);
    for (const flags of [['-config', config], [`-config=${config}`], ['--config', config], [`--config=${config}`]]) {
      const host = start({ command: crosslayer('surrogate-context', ...flags) });
      await host.write('m v=1\n');
      await host.stdout.line('sfc=media_dash');
      await host.stop();
    }
  });

  describe.each(plugins().map((plugin) => [plugin.subcommand, plugin] as const))('of %s', (subcommand, plugin) => {
    test('its sample is accepted', async ({ start }) => {
      const [node = '', program = ''] = crosslayer();
      const sample = `'${node}' '${program}' ${subcommand} --sample-config`;
      const check = `'${node}' '${program}' ${subcommand} --config - --config-check`;
      const host = start({ command: ['bash', '-o', 'pipefail', '-c', `${sample} | ${check}`] });
      expect(await host.finished).toEqual({ code: 0, signal: null });
      expect(host.stderr.lines.filter((text) => !text.startsWith('I! '))).toEqual([]);
    });

    test('its sample is the committed file', async ({ start }) => {
      const host = start({ command: crosslayer(subcommand, '--sample-config') });
      await host.finished;
      expect(host.stdout.raw).toBe(readFileSync(`${plugin.folder}/sample.conf`, 'utf8'));
    });

    test('--help and --version go to stdout', async ({ start }) => {
      for (const flag of ['--help', '-h', '--version']) {
        const host = start({ command: crosslayer(subcommand, flag) });
        expect(await host.finished).toEqual({ code: 0, signal: null });
        expect(host.stdout.count).toBeGreaterThan(0);
        expect(host.stderr.lines).toEqual([]);
      }
    });
  });
});
