import { systemClock } from '../../shared/log/trouble-summary.ts';
import type { OutputContext } from '../../shared/plugin/definition.ts';
import { networkTransport } from './network-transport.ts';
import type { Options } from './schema.ts';
import { TextDoor } from './text-door.ts';
import type { Transport } from './transport.ts';
import { UnixsockClient } from './unixsock-client.ts';

/** Opens the way to collectd that the options name. */
export function startTransport(options: Options, context: OutputContext): Transport {
  switch (options.transport) {
    case 'exec':
      return execTransport(context);
    case 'unixsock':
      return unixsockTransport(options, context);
    case 'network':
      return networkTransport(options, context);
  }
}

/** Bytes that may wait for collectd before reading waits, too: while it reads some lines, the next are made. */
const MAX_BEHIND_BYTES = 256 * 1024;

function execTransport({ stats, writeStdout }: OutputContext): Transport {
  const door = new TextDoor(stats);
  let behind = 0;
  return {
    door,
    flush() {
      const lines = door.take();
      const written = lines.length === 0 ? undefined : writeStdout(lines);
      if (written === undefined) {
        door.giveBack(lines);
        return undefined;
      }
      behind += lines.length;
      const caughtUp = written.then(() => {
        behind -= lines.length;
        door.giveBack(lines);
      });
      return behind > MAX_BEHIND_BYTES ? caughtUp : undefined;
    },
    stop: () => undefined,
  };
}

function unixsockTransport({ socket, queue_size, timeout }: Options, { log, stats }: OutputContext): Transport {
  const door = new TextDoor(stats);
  const client = new UnixsockClient({
    ...{ path: socket, queueBytes: queue_size, timeoutMs: timeout },
    ...{ log, stats, clock: systemClock },
  });
  client.start();
  return {
    door,
    flush() {
      const lines = door.take();
      // they may wait for long, so without the room behind them
      const kept = Buffer.from(lines);
      door.giveBack(lines);
      return client.send(kept);
    },
    ending: () => client.ending(),
    stop: () => client.stop(),
  };
}
