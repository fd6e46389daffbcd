import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { decoded, FIXTURES, recorded, TYPES, collectdInTest as test } from './collectd-in.ts';

describe('--decode', () => {
  test('says with --explain why something was refused: datagram, place, identifier, reason, user', async ({
    start,
    file,
  }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\nauth_file = "${file('auth', 'alice: x\n')}"\n`);
    const host = await decoded(start, config, `${FIXTURES}/handmade.pcapless`, '--explain');
    expect((await host.exited).code).toBe(0);
    const comments = host.stdout.lines.filter((line) => line.startsWith('# '));
    const refused = comments.map((line) => line.replace(/^# /, ''));
    expect(refused).toEqual(
      expect.arrayContaining([
        'datagram 8, byte 38, at "h/fx/fx_gauge": Value list has no time',
        expect.stringMatching(/^datagram 11, byte 91, at "hand-7\/fx\/fx_gauge-second": Part is cut off/),
        expect.stringMatching(/^datagram 1\d, byte \d+.*: Signature does not match.*\(user "alice"\)$/),
        expect.stringMatching(/^datagram 1\d, byte \d+.*: User is not in the AuthFile \(user "bob"\)$/),
      ]),
    );
    // a comment stands behind the lines of its datagram
    expect(host.stdout.lines[0]).toMatch(/^collectd_fx,host=hand-7/);
  });

  test('without --explain prints lines only', async ({ start, file }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const host = await decoded(start, config, `${FIXTURES}/handmade.pcapless`);
    expect(host.stdout.lines.filter((line) => line.startsWith('#'))).toEqual([]);
    expect(host.stdout.lines.length).toBeGreaterThan(10);
  });

  test('reads standard input, JSON and plain base64, and goes on after lines that are none', async ({
    start,
    file,
  }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const host = start({ command: crosslayer('collectd-in', '--host', 'pipe', '--config', config, '--decode', '-') });
    const [a, b] = recorded('plain').map((datagram) => datagram.toString('base64'));
    await host.write(`{"t_ms":1,"b64":"${a}"}\n{"t_ms":2}\n\n# comment\n${b}`);
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stderr.text).toContain('(stdin):2: Line is no JSON object with the datagram in "b64"');
    const both = await decoded(start, config, file('two', `${a}\n${b}\n`));
    expect(host.stdout.lines).toEqual(both.stdout.lines);
    expect(host.stdout.lines.length).toBeGreaterThan(20);
  });

  test('tells the first lines that are no datagrams and the sum of the others; --explain says each', async ({
    start,
    file,
  }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const garbage = file('garbage', 'no datagram!\n'.repeat(2000));
    const host = await decoded(start, config, garbage, '--explain');
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const errors = host.stderr.lines.filter((line) => line.startsWith('E!'));
    expect(errors).toHaveLength(6);
    expect(errors[4]).toContain(`${garbage}:5: `);
    expect(errors[5]).toContain(`${garbage}: 1995 more lines are no datagrams; --explain says each`);
    expect(host.stdout.lines.filter((line) => line.startsWith('# line '))).toHaveLength(2000);
  });

  test('ends at SIGTERM though standard input goes on, and when the reader leaves', async ({ start, file }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const [first] = recorded('plain').map((datagram) => datagram.toString('base64'));
    const command = crosslayer('collectd-in', '--host', 'pipe', '--config', config, '--decode', '-');
    const host = start({ command });
    await host.write(`${first}\n`);
    await host.stdout.atLeast(1);
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });

    const other = start({ command });
    await other.write(`${first}\n`);
    await other.stdout.atLeast(1);
    other.reader.leave();
    await other.write(`${first}\n`);
    expect(await other.exited).toEqual({ code: 0, signal: null });
  });

  test('waits for a slow reader and loses nothing', async ({ start, file }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const text = readFileSync(`${FIXTURES}/plain.pcapless`, 'utf8');
    const once = await decoded(start, config, `${FIXTURES}/plain.pcapless`);
    const host = start({
      command: crosslayer(
        'collectd-in',
        '--host',
        'pipe',
        '--config',
        config,
        '--decode',
        file('ten', text.repeat(10)),
      ),
      reading: { bytes: 16_384, pauseMs: 0.5 },
      keep: 'count',
    });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.newlines).toBe(10 * once.stdout.newlines);
  });

  test('a file that is not there is one line and status 1', async ({ start, file }) => {
    const config = file('c.conf', `[[inputs.collectd_in]]\n${TYPES}\n`);
    const host = await decoded(start, config, '/nonexistent/datagrams', '--quiet');
    expect((await host.exited).code).toBe(1);
    expect(host.stderr.lines).toEqual([expect.stringMatching(/^E! ENOENT.*\/nonexistent\/datagrams/)]);
  });
});

describe('types_db', () => {
  test('that is missing is a warning, and values are then called value, 0, 1, …', async ({ start, file }) => {
    const config = file('c.conf', '[[inputs.collectd_in]]\ntypes_db = ["/nonexistent/types.db"]\n');
    const host = await decoded(start, config, `${FIXTURES}/plain.pcapless`);
    expect(host.stderr.lines.filter((line) => line.startsWith('W!'))).toEqual([
      expect.stringMatching(
        /"\/nonexistent\/types\.db" does not exist; values of types .* are called value, or 0, 1, …$/,
      ),
    ]);
    expect(host.stdout.text).toMatch(/^collectd_interface,host=\S+,type=if_octets 0=\d+i,1=\d+i \d+$/m);
    expect(host.stdout.text).toMatch(/^collectd_memory,host=\S+ value=\S+ \d+$/m);
  });

  test('that has a broken line costs that type only, and is told with its line', async ({ start, file }) => {
    const text = readFileSync(`${FIXTURES}/types.used.db`, 'utf8');
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('if_octets'));
    lines[at] = 'if_octets rx:DERIVE:0:U, tx:NONE:0:U';
    const broken = file('broken.db', lines.join('\n'));
    const config = file('c.conf', `[[inputs.collectd_in]]\ntypes_db = ["${broken}", "${FIXTURES}/types-custom.db"]\n`);
    const host = await decoded(start, config, `${FIXTURES}/plain.pcapless`);
    expect(host.stderr.text).toContain(`W! [collectd_in] ${broken}:${at + 1}: Type "if_octets" is left out`);
    expect(host.stdout.text).toMatch(/type=if_octets 0=\d+i,1=\d+i /);
    expect(host.stdout.text).toMatch(/type=load shortterm=\S+,midterm=\S+,longterm=\S+ /);
    writeFileSync(broken, '');
  });
});
