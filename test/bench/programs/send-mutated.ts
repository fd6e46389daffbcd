/**
 * Sends broken datagrams to 127.0.0.1, then good ones of 44 values until it is killed.
 *
 *     send-mutated PORT FIXTURES COUNT RATE SEED
 *
 * Prints a line when the last broken one has been sent.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { mutatorOf } from '../nightly/mutate-datagram.ts';
import { datagramOf44 } from '../workload/collectd.ts';

const [port, folder = '', count, rate, seed] = process.argv.slice(2);
const mutator = mutatorOf(folder, Number(seed));
const aMillisecond = Number(rate) / 1000;

async function main(): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const began = performance.now();
  for (let sent = 0; sent < Number(count); ) {
    const due = Math.min(Number(count), (performance.now() - began) * aMillisecond);
    for (; sent < due; sent++) socket.send(mutator.next());
    await setTimeout(1);
  }
  process.stdout.write('done\n');
  for (;;) {
    socket.send(datagramOf44());
    await setTimeout(50);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`send-mutated: ${String(error)}\n`);
  process.exitCode = 1;
});
