/**
 * Sends datagrams of 44 values each to 127.0.0.1 at a steady rate: every millisecond those that are due.
 *
 *     send-datagrams PORT RATE COUNT SPIN EPOCH RESULT
 *
 * SPIN ms before a millisecond begins it stops sleeping and spins, which needs a processor of its own; with 0 it only sleeps.
 * RESULT gets doubles: how many the kernel took, the longest time in ms that a datagram was sent too late, then for each datagram the
 * time just before it was sent.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { datagramOf44, setTurn } from '../workload/collectd.ts';
import { sharedClock } from './shared-clock.ts';

const [port, rate, count, spin, epoch = '', result = ''] = process.argv.slice(2);
const total = Number(count);
const gap = 1000 / Number(rate);
const clock = sharedClock(BigInt(epoch));
const never = new Int32Array(new SharedArrayBuffer(4));
const sent = new Float64Array(total);
let taken = 0;
let latest = 0;

function waitUntil(due: number): void {
  for (let left = due - clock(); left > 0; left = due - clock()) {
    const sleep = left - Number(spin);
    if (sleep > 0) Atomics.wait(never, 0, 0, sleep);
  }
}

async function main(): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const datagram = datagramOf44();
  const begin = clock();
  for (let turn = 0; turn < total; ) {
    const due = begin + Math.ceil(turn * gap);
    waitUntil(due);
    const now = clock();
    latest = Math.max(latest, now - due);
    for (const end = Math.min(total, Math.floor((now - begin) / gap) + 1); turn < end; turn++) {
      setTurn(datagram, turn);
      sent[turn] = clock();
      // on a connected socket Node hands it to the kernel within the call, so that the buffer may be used again
      socket.send(datagram, (error) => {
        if (!error) taken++;
      });
    }
    await new Promise(setImmediate); // the callbacks
  }
  socket.close();
  writeFileSync(result, Buffer.concat([Float64Array.of(taken, latest), sent].map(({ buffer }) => Buffer.from(buffer))));
}

main().catch((error: unknown) => {
  process.stderr.write(`send-datagrams: ${String(error)}\n`);
  process.exitCode = 1;
});
