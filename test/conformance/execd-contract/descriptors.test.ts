import { spawn } from 'node:child_process';
import { constants, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { allTagged, CONTEXT, line, lines, stageTest as test } from './context-stage.ts';

/** A shell, a service manager and Telegraf give different things as stdin and stdout; all of them work alike. */
describe('descriptors', () => {
  const COUNT = 10_000;
  const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(' ');

  test('files and devices', async ({ start, file, folder }) => {
    const input = file('in.lp', lines(COUNT));
    const stage = quoted(crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT)));
    const out = `${folder}/out.lp`;
    const check = async (script: string, expected: string) => {
      const host = start({ command: ['bash', '-o', 'pipefail', '-c', script] });
      host.closeStdin();
      expect(await host.finished, script).toEqual({ code: 0, signal: null });
      expect(readFileSync(out, 'utf8') === expected, script).toBe(true);
      expect(host.stderr.lines).toEqual([]);
    };
    const all = allTagged(COUNT);
    await check(`${stage} < ${input} > ${out}`, all);
    await check(`cat ${input} | ${stage} > ${out}`, all);
    await check(`${stage} < ${input} | cat > ${out}`, all);
    await check(`echo begin > ${out}; ${stage} < ${input} >> ${out}`, `begin\n${all}`);
    await check(`${stage} < /dev/null > ${out}`, '');
    await check(`${stage} <&- > ${out}`, '');
    await check(`${stage} < ${input} > /dev/null; : > ${out}`, '');
    await check(`${stage} < ${input} | head -n 3 > ${out} || true`, allTagged(3));
  });

  test('UNIX sockets, which Node gives to its children', async ({ file }) => {
    const [program = '', ...args] = crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT));
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(lines(COUNT));
    expect((await text(child.stdout)) === allTagged(COUNT)).toBe(true);
  });

  test('a pipe that somebody else made non-blocking', async ({ start, file }) => {
    const stage = quoted(crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT)));
    const nonBlocking = `'${process.execPath}' -e "process.stdin.on('data', () => {}).pause(); process.stdout.write(''); setTimeout(() => {}, 100)"`;
    const host = start({
      command: ['sh', '-c', `${nonBlocking}; exec ${stage}`],
      reading: { bytes: 16_384, pauseMs: 1 },
    });
    await host.write(lines(COUNT));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text === allTagged(COUNT)).toBe(true);
  });

  test.skipIf(process.platform !== 'linux')(
    'stdout stays as it was given, for those who share it',
    async ({ stage }) => {
      const host = stage({ as: 'pipe' });
      await host.write(line(0));
      await host.stdout.atLeast(1);
      const flags = /flags:\s+0*([0-7]+)/.exec(readFileSync(`/proc/${host.pid}/fdinfo/1`, 'utf8'))?.[1] ?? '';
      expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0);
    },
  );

  test('a terminal', async ({ start, file }) => {
    const stage = quoted(crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT)));
    // script(1) of Debian's bsdutils runs a command on a terminal of its own
    const host = start({ command: ['script', '-qec', `${stage} < ${file('in.lp', lines(100))}`, '/dev/null'] });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.raw.replaceAll('\r\n', '\n')).toBe(allTagged(100));
  });

  test('a full disk is an error with status 1, told in one line', async ({ start, file }) => {
    const stage = quoted(crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT)));
    const host = start({ command: ['sh', '-c', `exec ${stage} > /dev/full`] });
    await host.write(line(0));
    expect(await host.finished).toEqual({ code: 1, signal: null });
    expect(host.stderr.text).toMatch(/ENOSPC|no space left/i);
    expect(host.stderr.text).not.toContain('    at ');
  });

  test('a pipe in the shell: an input and two processors', async ({ start, file }) => {
    const other = CONTEXT.replace('sfc = "media_dash"', 'surrogate = "edge-1"').replace('sfc_i', 'sf_i');
    const stages = [
      crosslayer('host-metrics', '--once'),
      crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT)),
      crosslayer('surrogate-context', '--config', file('other.conf', other)),
    ];
    const host = start({ command: ['bash', '-o', 'pipefail', '-c', stages.map(quoted).join(' | ')] });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.count).toBeGreaterThan(3);
    for (const metric of host.stdout.lines) {
      expect(metric).toContain(',sfc=media_dash,sfc_i=media_dash_1,sf_i=media_dash_1,surrogate=edge-1 ');
    }
  });
});
