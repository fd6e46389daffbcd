import { createSocket } from 'node:dgram';
import { afterEach, expect, test, vi } from 'vitest';
import { CollectdIn } from '../../../plugins/collectd_in/collectd-in.ts';
import { type Options, schema } from '../../../plugins/collectd_in/schema.ts';
import { DatagramWriter } from '../../../shared/collectd-protocol/datagram-writer.ts';
import { Emitted } from '../../../shared/collectd-protocol/emitted.ts';
import type { InputContext } from '../../../shared/plugin/definition.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { notification, valueList } from '../collectd-protocol/value-lists.ts';

const SECOND = 1n << 30n;

/** What an input gets, with what it sent at hand. */
class FakeInputContext extends FakeContext implements InputContext {
  sent = '';
  ended = false;
  readonly points = {} as InputContext['points'];
  flush = async (): Promise<void> => {};
  end = (): void => {
    this.ended = true;
  };

  send = (lines: Uint8Array): undefined => {
    this.sent += Buffer.from(lines).toString();
  };
}

const inputs: CollectdIn[] = [];
afterEach(async () => {
  for (const input of inputs.splice(0)) await input.stop();
});

function defaults(): Options {
  const options = Object.entries(schema.properties).flatMap(([name, option]) =>
    'default' in option ? [[name, option.default]] : [],
  );
  return {
    ...Object.fromEntries(options),
    listen: ['udp://127.0.0.1:0'],
    types_db: [],
    replay_window: 0,
    max_waiting: 65_536,
  };
}

async function start(options: Partial<Options> = {}) {
  const context = new FakeInputContext();
  const input = new CollectdIn({ ...defaults(), ...options }, context);
  await input.start();
  inputs.push(input);
  const port = Number(/Listening at udp:\/\/127\.0\.0\.1:(\d+)/.exec(context.said.join('\n'))?.[1]);
  const send = (write: (writer: DatagramWriter) => void) => {
    const socket = createSocket('udp4');
    const writer = new DatagramWriter({
      onDatagram: (datagram) => socket.send(Buffer.from(datagram), port, '127.0.0.1'),
    });
    write(writer);
    writer.flush();
    socket.unref();
  };
  return { context, send };
}

test('what this process has handed to collectd is dropped when it comes back, and counted', async () => {
  const { context, send } = await start();
  const emitted = context.shared(Emitted);
  expect(emitted.isWatched).toBe(true);
  const renamed = valueList({ host: 'renamed' });
  emitted.recordValueList(renamed, renamed.time);
  const event = notification({ host: 'event' });
  emitted.recordNotification(event);
  send((writer) => {
    writer.write(renamed);
    // the next original of a value that no stage renames
    writer.write({ ...renamed, time: renamed.time + 10n * SECOND });
    writer.write(valueList({ host: 'another' }));
  });
  send((writer) => writer.writeNotification(event));
  send((writer) => writer.writeNotification(notification({ host: 'last' })));
  await vi.waitFor(() => expect(context.sent).toContain('host=last'), { interval: 2 });
  expect(context.sent.match(/host=\w+/g)).toEqual(['host=renamed', 'host=another', 'host=last']);
  expect(context.stats.read('dropped_own')).toBe(2);
});

test('drop_own = false lets it pass', async () => {
  const { context, send } = await start({ drop_own: false });
  const list = valueList({ host: 'renamed' });
  expect(context.shared(Emitted).isWatched).toBe(false);
  context.shared(Emitted).recordValueList(list, list.time);
  send((writer) => writer.write(list));
  await vi.waitFor(() => expect(context.sent).toContain('host=renamed'), { interval: 2 });
});
