import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { allTagged, CONTEXT, lines } from '../../conformance/execd-contract/context-stage.ts';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest as test } from '../../support/process-test.ts';

const OUTPUT = '[[outputs.append_file]]\n  file = "out.lp"\n';
const countOf = (text: string) => text.split('\n').length - 1;

describe('append_file', () => {
  test('as outputs.execd runs it: every line is in the file, and nothing on stdout and stderr', async ({
    start,
    file,
    folder,
  }) => {
    const host = start({
      command: crosslayer('append-file', '--host', 'telegraf', '--config', file('a.conf', OUTPUT)),
    });
    for (let n = 0; n < 20_000; n += 1000) await host.write(lines(1000, n));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(readFileSync(`${folder}/out.lp`, 'utf8') === lines(20_000)).toBe(true);
    expect([host.stdout.raw, host.stderr.raw]).toEqual(['', '']);
  });

  test('while logrotate takes the file away again and again, no line is lost', async ({ start, file, folder }) => {
    const config = file('chain.conf', CONTEXT + OUTPUT);
    const host = start({ command: crosslayer('chain', '--config', config, '--host', 'pipe') });
    const taken = [1, 2, 3, 4, 5];
    for (const n of taken) {
      await host.write(lines(10_000, (n - 1) * 10_000));
      await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toContain('out.lp');
      renameSync(`${folder}/out.lp`, `${folder}/out.lp-${n}`);
    }
    await host.write(lines(10_000, 50_000));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const names = [...taken.map((n) => `out.lp-${n}`), 'out.lp'];
    const all = names.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('');
    expect(all === allTagged(60_000)).toBe(true);
  });

  test('max_bytes: two files within the size, of whole lines, the last ones', async ({ start, file, folder }) => {
    const config = file('a.conf', `${OUTPUT}  max_bytes = "100KB"\n`);
    const host = start({ command: crosslayer('append-file', '--config', config, '--host', 'pipe') });
    for (let n = 0; n < 10_000; n += 100) await host.write(lines(100, n));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const [old, current] = ['out.lp.1', 'out.lp'].map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
    expect(lines(10_000).endsWith(`${old}${current}`)).toBe(true);
    for (const text of [old, current]) expect(text?.length).toBeLessThanOrEqual(100_000);
    expect(readdirSync(folder).sort()).toEqual(['a.conf', 'out.lp', 'out.lp.1']);
  });

  test('a full disk: what was written in part is taken back, lost lines are told and counted, later ones written', async ({
    start,
    file,
    folder,
  }) => {
    // the limit of the process stands in for the disk's end: write(2) takes what fits, then fails
    const config = file('a.conf', OUTPUT);
    const command = crosslayer('append-file', '--config', config, '--host', 'telegraf').map((word) => `'${word}'`);
    const host = start({ command: ['bash', '-c', `ulimit -f 8; exec ${command.join(' ')}`] });
    const written = () => readFileSync(`${folder}/out.lp`, 'utf8');
    await host.write(lines(50));
    await expect.poll(written, { timeout: 10_000 }).toBe(lines(50));
    await host.write(lines(500, 50));
    expect(await host.stderr.line('Could not write')).toMatch(/^\[?.*Could not write; \d+ lines are lost: EFBIG/);
    await host.write(lines(10, 550));
    await expect.poll(written, { timeout: 10_000 }).toBe(lines(50) + lines(10, 550));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(countOf(written())).toBe(60);
    // outputs.execd takes warnings on stdout; the sum is told there
    expect(host.stdout.raw).toMatch(/Lines in this run: 500 dropped/);
    expect(host.stderr.raw).not.toContain('    at ');
  });

  test('that cannot be opened at the start ends at once with one line', async ({ start, file }) => {
    const check = async (path: string, status: number, said: RegExp) => {
      const config = file('a.conf', OUTPUT.replace('out.lp', path));
      const host = start({ command: crosslayer('append-file', '--config', config, '--host', 'telegraf') });
      expect(await host.finished).toEqual({ code: status, signal: null });
      expect(host.stderr.lines).toEqual([expect.stringMatching(said)]);
    };
    await check('absent/out.lp', 1, /^E! ENOENT: .*absent\/out\.lp/);
    await check('.', 1, /^E! EISDIR: /);
    await check('/dev/null', 2, /^E! \/dev\/null: this is no regular file/);
  });
});

describe('an output with a filter', () => {
  test('gets what it selects of the processed lines, and all outputs together get everything', async ({
    start,
    file,
    folder,
  }) => {
    const names = ['cpu', 'net', 'mem', 'disk'];
    const input = Array.from({ length: 20_000 }, (_, i) => {
      const claimed = i % 3 === 0 ? ',sfc=claimed' : '';
      return `${names[i % 4]},host=node-${i % 7}${claimed} text="a\nb,${i}",v=${i}i ${1795259876000000000n + BigInt(i)}\n`;
    });
    const tagged = input.map((text) => {
      const bare = text.replace(',sfc=claimed', '');
      return text === bare
        ? text.replace(/^(\S+)/, '$1,sfc=media_dash,sfc_i=media_dash_1')
        : text.replace(',sfc=claimed', ',sfc=media_dash,sfc_i=media_dash_1');
    });
    const config = file(
      'chain.conf',
      `${CONTEXT}
[[outputs.append_file]]
  file = "some.lp"
  namepass = ["cpu", "n*"]
  tagpass = { host = ["node-[1-3]"] }
[[outputs.append_file]]
  file = "claimed.lp"
  tagpass = { sfc = ["claimed"] }
[[outputs.append_file]]
  file = "mine.lp"
  namedrop = ["disk"]
  tagpass = { sfc = ["media_dash"] }
[[outputs.append_file]]
  file = "all.lp"
`,
    );
    const host = start({ command: crosslayer('chain', '--config', config, '--host', 'pipe') });
    for (let n = 0; n < input.length; n += 500) await host.write(input.slice(n, n + 500).join(''));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });

    const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');
    const expected = (keep: (text: string) => boolean) => tagged.filter(keep).join('');
    expect(read('all.lp') === expected(() => true)).toBe(true);
    expect(read('some.lp') === expected((text) => /^(cpu|n\w*),host=node-[1-3]\b/.test(text))).toBe(true);
    expect(read('mine.lp') === expected((text) => !text.startsWith('disk'))).toBe(true);
    expect(read('claimed.lp')).toBe('');
  });

  test('an unclosed quote holds nothing back, and malformed lines go where nothing is picked', async ({
    start,
    file,
    folder,
  }) => {
    const config = file(
      'chain.conf',
      `[[outputs.append_file]]\n  file = "cpu.lp"\n  namepass = ["cpu"]\n[[outputs.append_file]]\n  file = "rest.lp"\n  namedrop = ["cpu"]\n`,
    );
    const host = start({ command: crosslayer('chain', '--config', config, '--host', 'pipe') });
    await host.write('broken\nnet v=1\ncpu v=1\nm s="open\nnet v=2\ncpu v=2\n');
    host.closeStdin();
    expect((await host.finished).code).toBe(0);
    // the end of input adds a newline, which is a blank line here and goes everywhere
    const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8').replace(/\n+$/, '\n');
    expect(read('cpu.lp')).toBe('cpu v=1\ncpu v=2\n');
    expect(read('rest.lp')).toBe('broken\nnet v=1\nm s="open\nnet v=2\n');
    expect(host.stderr.text).toContain('Lines in this run: 2 malformed');
  });
});
