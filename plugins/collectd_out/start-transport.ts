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

function execTransport(context: OutputContext): Transport {
  const door = new TextDoor(context.stats);
  return {
    door,
    flush() {
      const lines = door.take();
      return lines.length === 0 ? undefined : context.writeStdout(lines);
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
    // the door writes into the same memory again
    flush: () => client.send(Buffer.from(door.take())),
    ending: () => client.ending(),
    stop: () => client.stop(),
  };
}
