import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { line, lines, tagged, stageTest as test } from './context-stage.ts';

const MEGABYTE = 1 << 20;
/** `npm run nightly` feeds the full gigabyte. */
const ENDLESS_LINE = process.env.CROSSLAYER_NIGHTLY === '1' ? 1024 * MEGABYTE : 48 * MEGABYTE;

describe('bad input', () => {
  test('a line without end costs no memory, is passed on raw, and is counted once', async ({ stage }) => {
    const host = stage({ as: 'pipe', keep: 'count' });
    const chunk = Buffer.alloc(65_536, 'x');
    await host.write(line(0));
    for (let sent = 0; sent < 8 * MEGABYTE; sent += chunk.length) await host.write(chunk);
    const before = host.memory().now;
    for (let sent = 8 * MEGABYTE; sent < ENDLESS_LINE; sent += chunk.length) await host.write(chunk);
    const grown = host.memory().now - before;
    await host.write(`\n${line(1)}`);
    await host.stdout.line('rx=1i');
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(grown).toBeLessThan(8 * MEGABYTE);
    expect(host.stdout.bytes).toBe(tagged(0).length + ENDLESS_LINE + 1 + tagged(1).length);
    expect(host.stderr.lines).toEqual([
      expect.stringMatching(/^W! .*record 2\b/),
      expect.stringMatching(/^W! .*\b1\b/),
    ]);
  });

  test('invalid_lines = "drop" discards a line without end up to the next newline', async ({ stage }) => {
    const host = stage({ as: 'pipe', process: 'invalid_lines = "drop"\nmax_line_bytes = "64KiB"' });
    await host.write(line(0));
    for (let i = 0; i < 20; i++) await host.write(Buffer.alloc(65_536, 'x'));
    await host.write(`\n${line(1)}`);
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(tagged(0) + tagged(1));
  });

  test('a quote that is never closed in a flood is read again at the limit', async ({ stage }) => {
    const host = stage({ as: 'pipe', process: 'max_line_bytes = "64KiB"' });
    const unclosed = 'm,host=node-1 s="open 1795259876000000000\n';
    await host.write(line(0) + unclosed + lines(5000, 1));
    await host.stdout.line('rx=4999i');
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(
      tagged(0) + unclosed + Array.from({ length: 5000 }, (_, n) => tagged(n + 1)).join(''),
    );
  });

  test('bytes that are no UTF-8, NUL and control bytes pass through', async ({ stage }) => {
    const host = stage({ as: 'pipe', encoding: 'latin1' });
    const odd = Buffer.from('m,host=\xff\xfe\x00\x01 s="\x80\x00\xc3" 1795259876000000000\n', 'latin1');
    await host.write(odd);
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(odd.toString('latin1').replace(' s=', ',sfc=media_dash,sfc_i=media_dash_1 s='));
  });

  test('bad lines pass, are counted, and are told of once with position and extract', async ({ stage }) => {
    const host = stage({ process: 'validate = "full"' });
    const bad = Array.from({ length: 100 }, (_, n) => `net,host=node-1 rx=12x${n} 1795259876000000000\n`);
    for (const text of bad) await host.write(text);
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    await host.stop();
    await host.finished;
    expect(host.stdout.count).toBe(101);
    const warnings = host.stderr.lines.filter((text) => text.startsWith('W! '));
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThan(5);
    expect(warnings[0]).toMatch(/record 1, column \d+/);
    expect(warnings[0]).toContain('12x0');
    expect(host.stderr.lines.at(-1)).toMatch(/\b100\b/);
  });
});

describe('input that is good but endless in its kinds', () => {
  test('200,000 interfaces and hosts cost no memory', async ({ start, file }) => {
    const table = file('topology.toml', '[[interface]]\nname = "tap0"\nvm_id = "vm-0"\n');
    const config = file('tagger.conf', `[[processors.topology_tagger]]\n  static = "${table}"\n`);
    const host = start({ command: crosslayer('topology-tagger', '--config', config, '--host', 'pipe'), keep: 'count' });
    const series = (n: number) => `net,host=node-${n},interface=tap${n} rx=1i 1795259876000000000\n`;
    const write = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1000) {
        await host.write(Array.from({ length: 1000 }, (_, i) => series(n + i)).join(''));
      }
    };
    await write(0, 50_000);
    await host.stdout.line('interface=tap49999');
    const before = host.memory().now;
    await write(50_000, 200_000);
    await host.stdout.line('interface=tap199999');
    expect(host.memory().now - before).toBeLessThan(4 * MEGABYTE);
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.count).toBe(200_000);
  });
});

describe('quarantine', () => {
  const bad = 'net,host=node-1 rx=12x 1795259876000000000\n';

  test('gets a copy of each bad line', async ({ stage, folder }) => {
    const quarantine = `${folder}/bad.lp`;
    const host = stage({ as: 'pipe', process: `validate = "full"\nquarantine = "${quarantine}"` });
    await host.write(line(0) + bad + line(1));
    host.closeStdin();
    await host.finished;
    expect(readFileSync(quarantine, 'utf8')).toContain(bad);
    expect(host.stdout.count).toBe(3);
  });

  test('that cannot be written is told of once; lines pass', async ({ stage, folder }) => {
    const check = async (quarantine: string) => {
      const host = stage({ process: `validate = "full"\nquarantine = "${quarantine}"` });
      for (let n = 0; n < 100; n++) await host.write(bad);
      await host.write(line(0));
      await host.stdout.line('rx=0i');
      expect(await host.stop()).toEqual({ code: 0, signal: null });
      await host.finished;
      expect(host.stdout.count).toBe(101);
      expect(host.stderr.lines.filter((text) => text.includes(quarantine)).length).toBeGreaterThan(0);
      expect(host.stderr.lines.length).toBeLessThan(8);
      expect(host.stderr.text).not.toContain('    at ');
    };
    await check(`${folder}/no-such-folder/bad.lp`);
    mkdirSync(`${folder}/is-a-folder`);
    await check(`${folder}/is-a-folder`);
    symlinkSync('/dev/full', `${folder}/full`); // every write: no space left on device
    await check(`${folder}/full`);
  });

  test('keeps its size limit and one old file', async ({ stage, folder }) => {
    const quarantine = `${folder}/bad.lp`;
    const host = stage({
      as: 'pipe',
      process: `validate = "full"\nquarantine = "${quarantine}"\nquarantine_size = "64KiB"`,
    });
    for (let n = 0; n < 5000; n++) await host.write(bad); // 220 kB
    host.closeStdin();
    await host.finished;
    expect(host.stdout.count).toBe(5000);
    expect(readFileSync(quarantine).length).toBeLessThanOrEqual(65_536);
    expect(readFileSync(`${quarantine}.1`).length).toBeLessThanOrEqual(65_536);
    expect(existsSync(`${quarantine}.2`)).toBe(false);
  });

  test('gets the unfinished record at SIGTERM, since half a number is a number too', async ({ stage, folder }) => {
    const quarantine = `${folder}/bad.lp`;
    const host = stage({ as: 'pipe', process: `quarantine = "${quarantine}"` });
    await host.write(`${line(0)}net,host=node-1 rx=12`);
    await host.stdout.line('rx=0i');
    host.signal('SIGTERM');
    await host.finished;
    expect(host.stdout.text).toBe(tagged(0));
    expect(readFileSync(quarantine, 'utf8')).toContain('net,host=node-1 rx=12');
  });
});
