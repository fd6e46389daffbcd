import { describe, expect } from 'vitest';
import { DONE } from '../../support/scripted-unixsock.ts';
import { lineOf, lines, putOf, puts, collectdOutTest as test } from './collectd-out.ts';

const options = (socket: string, more = '') => `transport = "unixsock"\nsocket = "${socket}"\n${more}`;
/** So many commands are on their way at a time. */
const WINDOW = 512;

describe('answers', () => {
  test('of a collectd that takes everything say nothing', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    const host = collectdOut(options(socket));
    await host.write(lines(0, 1000));
    await host.write('collectd_notification,host=h,severity=okay message="m" 1700000000000000000\n');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(server.commands).toEqual([...puts(0, 1000), 'PUTNOTIF severity=okay time=1700000000 host=h message=m']);
    expect(server.connections).toBe(1);
    await host.finished;
    expect([host.stderr.text, host.stdout.text]).toEqual(['', '']);
  });

  test('that refuse a line are told with its words and the line, once a minute for each kind', async ({
    collectdOut,
    socket,
    listen,
  }) => {
    const server = await listen();
    server.answer = (command) => (/gauge-[0-9] /.test(command) ? "-1 1 Type `gauge' isn't defined." : DONE);
    const host = collectdOut(options(socket));
    await host.write(lines(0, 50));
    await host.stop();
    await host.finished;
    expect(server.commands).toEqual(puts(0, 50));
    expect(host.stderr.lines).toEqual([
      `W! [collectd_out] collectd refused a line with "1 Type \`gauge' isn't defined.": ${JSON.stringify(putOf(0))}`,
      `W! [collectd_out] collectd refused a line with "1 Type \`gauge' isn't defined.": ${JSON.stringify(putOf(9))} (and 8 more in the last 1 s)`,
    ]);
  });

  test('are not waited for before the next lines, up to a limit', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    server.answer = () => undefined;
    const host = collectdOut(options(socket));
    await host.write(lines(0, 2000));
    await server.until('a full window', () => server.commands.length >= WINDOW);
    expect(server.commands.length).toBe(WINDOW);
    // each answer lets one more go
    server.say(`${DONE}\n`.repeat(100));
    await server.until('more commands', () => server.commands.length >= WINDOW + 100);
    expect(server.commands).toEqual(puts(0, WINDOW + 100));
    server.answer = () => DONE;
    server.say(`${DONE}\n`.repeat(WINDOW));
    await host.stop();
    expect(server.commands).toEqual(puts(0, 2000));
  });

  test('with lines behind them are one answer', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    server.answer = (command) => (command.includes('gauge-1 ') ? '2 Values\nrx=1\n-1 no answer of its own' : DONE);
    const host = collectdOut(options(socket));
    await host.write(lines(0, 3));
    await host.stop();
    await host.finished;
    expect(host.stderr.text).toBe('');
  });

  test('of something else than collectd end the connection', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    server.answer = (_, connection) => (connection === 1 ? 'HTTP/1.1 400 Bad Request' : DONE);
    const host = collectdOut(options(socket));
    await host.write(lineOf(0));
    await server.until('a second connection', () => server.connections === 2 && server.commands.length === 2);
    await host.stop();
    await host.finished;
    expect(host.stderr.text).toContain('trying again: Answer "HTTP/1.1 400 Bad Request" is not collectd\'s');
  });
});

describe('a line without an answer', () => {
  test('is given up after a while, the others are delivered', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    server.answer = (command, connection) => (command.includes('gauge-7 ') && connection === 1 ? undefined : DONE);
    const host = collectdOut(options(socket, 'timeout = "300ms"'));
    await host.write(lines(0, 20));
    await host.stderr.line('did not answer');
    await server.until('another connection', () => server.connections === 2);
    await host.write(lines(20, 30));
    await host.stop();
    // nothing was sent twice but what nobody knew of
    expect(server.commands).toEqual(puts(0, 30));
    expect(host.stderr.text).toContain('W! [collectd_out] collectd did not answer within 0.3 s; connecting again');
  });
});

describe('a connection that ends', () => {
  test('is made again, and what had no answer is sent again', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    let seen = 0;
    server.answer = (_, connection) => (connection === 1 && ++seen > 10 ? 'close' : DONE);
    const host = collectdOut(options(socket));
    await host.write(lines(0, 100));
    await server.until('all', () => server.connections === 2 && server.commands.includes(putOf(99)));
    await host.stop();
    const second = server.commands.slice(11);
    expect(server.commands.slice(0, 11)).toEqual(puts(0, 11));
    expect(second).toEqual(puts(100 - second.length, 100));
    // what was answered is not sent again, but for answers that were lost with the connection
    expect(second.length).toBeGreaterThanOrEqual(90);
    expect(host.stderr.text).toContain('trying again: collectd closed the connection');
    expect(host.stderr.text).toContain('I! [collectd_out] Connected again after');
  });

  test('each time at the same line costs this line only', async ({ collectdOut, socket, listen }) => {
    const server = await listen();
    server.answer = (command) => (command.includes('gauge-3 ') ? 'close' : DONE);
    const host = collectdOut(options(socket));
    await host.write(lines(0, 6));
    await server.until('the last line', () => server.commands.includes(putOf(5)));
    await host.stop();
    expect(server.commands.filter((command) => command === putOf(3)).length).toBe(3);
    expect(server.commands.slice(-2)).toEqual(puts(4, 6));
  });
});

describe('while collectd is away', () => {
  test('lines wait for it', async ({ collectdOut, socket, listen }) => {
    const host = collectdOut(options(socket));
    await host.write(lines(0, 100));
    expect(await host.stderr.line('No connection')).toBe(
      `W! [collectd_out] No connection to ${JSON.stringify(socket)}, trying again: connect ENOENT ${socket}`,
    );
    const server = await listen();
    await server.until('all', () => server.commands.length === 100);
    await host.stop();
    expect(server.commands).toEqual(puts(0, 100));
  });

  test('reading goes on; when the queue is full the oldest are dropped and counted', async ({
    collectdOut,
    socket,
    listen,
  }) => {
    const host = collectdOut(options(socket, 'queue_size = "64KiB"'));
    // far more than pipe and queue hold
    for (let n = 0; n < 20_000; n += 100) await host.write(lines(n, n + 100));
    await host.stderr.line('The queue is full while collectd is away');
    const server = await listen();
    await server.until('the last line', () => server.commands.includes(putOf(19_999)));
    await host.stop();
    await host.finished;
    const kept = server.commands.length;
    expect(server.commands).toEqual(puts(20_000 - kept, 20_000));
    const bytes = server.commands.join('\n').length;
    expect(bytes).toBeLessThanOrEqual(65_536);
    expect(bytes).toBeGreaterThan(60_000);
    const told = host.stderr.text.match(
      /E! \[collectd_out\] The queue is full while collectd is away; dropped the \d+ oldest lines/g,
    );
    expect(told?.length).toBeGreaterThan(0);
  });

  test('the end of the input is the end, and says what is lost', async ({ collectdOut, socket }) => {
    const host = collectdOut(options(socket));
    await host.write(lines(0, 3));
    await host.stderr.line('No connection');
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stderr.text).toContain('E! [collectd_out] collectd has not answered 3 lines; they are lost');
  });
});

test('when collectd is there and stands still, reading waits, and SIGTERM ends it in time', async ({
  collectdOut,
  socket,
  listen,
}) => {
  const server = await listen();
  server.answer = () => undefined;
  const host = collectdOut(options(socket, 'queue_size = "64KiB"\ntimeout = "1h"'), 'pipe');
  const flood = host.flood(lineOf, 100_000);
  await server.until('a full window', () => server.commands.length === WINDOW);
  host.signal('SIGTERM');
  expect((await host.finished).signal).toBe(null);
  flood.stop();
  expect(host.stderr.text).toMatch(/E! \[collectd_out\] collectd has not answered \d+ lines; they are lost/);
  expect(flood.written).toBeLessThan(50_000);
});
