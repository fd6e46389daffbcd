import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost } from '../../support/execd-host.ts';
import { pageTables, quoted } from '../../support/page-tables.ts';
import { type ProcessFixtures, processTest } from '../../support/process-test.ts';
import { buildTestProgram } from '../../support/test-program.ts';
import { CONTEXT, lines } from '../execd-contract/context-stage.ts';

const program = await buildTestProgram();
const COLLECTD = fileURLToPath(new URL('../../fixtures/collectd/', import.meta.url));

/** The messages of the first table about them; the second is what Telegraf says. */
const MESSAGES = (
  pageTables('docs/guide/operate.md').find(({ columns }) => columns[0] === 'Message')?.rows ?? []
).flatMap(([cell = '']) => quoted(cell));

const TROUBLED = '[[processors.troubled_processor]]\n';
const TEST_OUTPUT = '[[outputs.test_output]]\n  file = "out.lp"\n';

type Provoke = (fixtures: ProcessFixtures) => Promise<ExecdHost>;

/** Runs a program to its end on a text. */
function run(words: readonly string[], config: string, input = ''): Provoke {
  return async ({ start, file }) => {
    const host = start({ command: [...words, '--config', file('a.conf', config), '--host', 'pipe'] });
    await host.write(input).catch(() => {}); // one that ends at once reads nothing
    host.closeStdin();
    await host.finished;
    return host;
  };
}

/** collectd_in decodes a recorded datagram. */
function decode(options: string, recording: 'plain' | 'signed' = 'plain'): Provoke {
  return async ({ start, file }) => {
    const [datagram = ''] = readFileSync(`${COLLECTD}${recording}.pcapless`, 'utf8').split('\n');
    file('bad.db', 'if_octets value:NONE:0:U\n');
    file('other.db', 'other value:GAUGE:0:U\n');
    file('auth', 'alice: another password\n');
    const words = ['--config', file('a.conf', `[[inputs.collectd_in]]\n  ${options}\n`), '--host', 'pipe'];
    const host = start({ command: crosslayer('collectd-in', ...words, '--decode', file('recording', datagram)) });
    await host.finished;
    return host;
  };
}

/** collectd_in finds a file in its spool. */
function spooled(name: string, text: string): Provoke {
  return spooling('refused', ({ file }) => file(`spool/${name}`, text));
}

/** collectd_in follows a spool in which this was done, and says so. */
function spooling(told: string, fill: (fixtures: ProcessFixtures) => void): Provoke {
  return async (fixtures) => {
    const { start, file, folder } = fixtures;
    mkdirSync(`${folder}/spool`);
    fill(fixtures);
    const config = file('a.conf', '[[inputs.collectd_in]]\n  listen = []\n  spool = "spool"\n');
    const host = start({ command: crosslayer('collectd-in', '--config', config, '--host', 'pipe') });
    await host.stderr.line(told);
    host.signal('SIGTERM');
    await host.finished;
    return host;
  };
}

/** What brings each message about. */
const PROVOKED: Readonly<Record<string, Provoke>> = {
  '…; record …, column …: "…"; passed on as it came': run(crosslayer('chain'), CONTEXT, 'm v=1\nbroken\n'),
  'Line is not complete at the end: "…"; dropped, since a part of it may look whole': async ({ start, file }) => {
    const host = start({ command: crosslayer('chain', '--config', file('a.conf', CONTEXT), '--host', 'pipe') });
    await host.write('m v=1\nm v=12');
    await host.stdout.line('v=1');
    host.signal('SIGTERM');
    await host.finished;
    return host;
  },
  'Lines in this run: … malformed': run(crosslayer('chain'), CONTEXT, 'broken\n'),
  'Could not keep a malformed line in the quarantine "…": …': run(
    crosslayer('chain'),
    `[process]\n  quarantine = "absent/q.lp"\n${CONTEXT}`,
    'broken\n',
  ),
  'The reader of stdout stands still: … lines are lost': async ({ start, file }) => {
    const host = start({ command: crosslayer('chain', '--config', file('a.conf', CONTEXT), '--host', 'pipe') });
    await host.write(lines(1));
    await host.stdout.atLeast(1);
    host.reader.pause();
    const bytesRead = () => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${host.pid}/io`, 'utf8'))?.[1]);
    const before = bytesRead();
    const writing = host.write(lines(20_000)).catch(() => {}); // the rest stays in the pipe
    // with the tags this is more than a pipe holds
    await expect.poll(bytesRead, { timeout: 10_000 }).toBeGreaterThan(before + 65_536);
    host.signal('SIGTERM');
    await host.exited;
    await writing;
    host.reader.start();
    await host.finished;
    return host;
  },
  'Could not write; … lines are lost: …': run(
    program('chain'),
    `${TEST_OUTPUT}  trouble = "rejects"\n`,
    'm,host=trouble v=1\n',
  ),
  'An output does not end: … lines are lost': async ({ start, file, folder }) => {
    const stuck = `${TEST_OUTPUT}  trouble = "never"\n${TEST_OUTPUT.replace('out.lp', 'taken.lp')}`;
    const host = start({ command: program('chain', '--config', file('a.conf', stuck), '--host', 'pipe') });
    await host.write('m,host=trouble v=1\n');
    await expect.poll(() => existsSync(`${folder}/taken.lp`), { timeout: 10_000 }).toBe(true);
    host.signal('SIGTERM');
    await host.finished;
    return host;
  },
  'Failed on a line, which passes without it: …': run(program('chain'), TROUBLED, 'm,throw=yes v=1\n'),
  'Could not gather: …': run([...program('chain'), '--once'], '[[inputs.troubled_input]]\n  throws_at = 1\n'),
  'Snapshot "…" does not exist; lines pass without its tags': run(
    crosslayer('chain'),
    '[[processors.topology_tagger]]\n  snapshot = "absent.json"\n',
  ),
  'Static table "…" does not exist': run(
    crosslayer('chain'),
    '[[processors.topology_tagger]]\n  static = "absent.toml"\n',
  ),
  'Neither "static" nor "snapshot" is configured: no line gets a tag': run(
    crosslayer('chain'),
    '[[processors.topology_tagger]]\n',
  ),
  'No source has any context: lines pass unchanged': run(crosslayer('chain'), '[[processors.surrogate_context]]\n'),
  'Cannot measure "…": …': run([...crosslayer('chain'), '--once'], '[[inputs.host_metrics]]\n  proc = "absent"\n'),
  'Cannot listen at …: another program has this port …': async (fixtures) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const config = `[[inputs.collectd_in]]\n  listen = ["udp://127.0.0.1:${socket.address().port}"]\n`;
    const host = await run(crosslayer('collectd-in'), config)(fixtures);
    socket.close();
    return host;
  },
  '"…" does not exist; values of types that are not known are called value, or 0, 1, …':
    decode('types_db = ["absent.db"]'),
  '…: Type "…" is left out: …': decode('types_db = ["bad.db"]'),
  'Type is not in types.db; its values are called by their index; …': decode('types_db = ["other.db"]'),
  'Signature does not match: another password, or changed bytes (user "…"); …': decode(
    'types_db = []\n  auth_file = "auth"',
    'signed',
  ),
  'The kernel grants a receive buffer of … bytes instead of …; for more: …': run(
    [...crosslayer('collectd-in'), '--once'],
    '[[inputs.collectd_in]]\n  listen = ["udp://127.0.0.1:0"]\n  receive_buffer = "1GiB"\n',
  ),
  'Cannot follow the spool of notifications, trying on: …': run(
    [...crosslayer('collectd-in'), '--once'],
    '[[inputs.collectd_in]]\n  listen = []\n  spool = "absent"\n',
  ),
  'Cannot take "…" from the spool of notifications: …': spooling('Cannot take', ({ folder }) =>
    // bytes that are no text
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/spool/`), Buffer.from([0xff])]), ''),
  ),
  '"…" in the spool of notifications is no file; …': spooling('is no file', ({ folder }) =>
    mkdirSync(`${folder}/spool/1`),
  ),
  'No user is known from auth_file "…", and security_level is "…": …': decode(
    'auth_file = "absent"\n  security_level = "sign"',
  ),
  'Notification "…" is refused: …': spooled('1', 'no notification'),
  '… notifications were refused by crosslayer-notify: …': spooled('.refused', '...'),
  '…: cannot read this configuration: …': async ({ start }) => {
    const host = start({ command: crosslayer('chain', '--config', 'absent.conf') });
    await host.finished;
    return host;
  },
  'Unknown plugin "…"; there are …': async ({ start }) => {
    const host = start({ command: crosslayer('topologytagger') });
    await host.finished;
    return host;
  },
  '"chain" needs --config FILE': async ({ start }) => {
    const host = start({ command: crosslayer('chain') });
    await host.finished;
    return host;
  },
  '… is a second input besides that of line …': run(
    crosslayer('chain'),
    '[[inputs.host_metrics]]\n[[inputs.host_metrics]]\n',
  ),
};

describe('docs/guide/operate.md', () => {
  processTest('has messages, and this test brings about exactly those', () => {
    expect(MESSAGES).toEqual(Object.keys(PROVOKED));
  });

  processTest.for(MESSAGES)('%s', async (message, { start, file, folder }) => {
    const host = await (PROVOKED[message] as Provoke)({ start, file, folder });
    const pattern = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expect(host.stderr.text).toMatch(new RegExp(`^[EW]! (\\[\\S+\\] )?${pattern.join('.+')}`, 'm'));
    expect(host.stderr.text).not.toMatch(/\n\s+at /);
  });
});
