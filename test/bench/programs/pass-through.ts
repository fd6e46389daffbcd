/** Copies stdin to stdout without looking: what any filter in Node costs at least. */
import { fstatSync, readSync, writeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';

const chunk = Buffer.allocUnsafeSlow(64 << 10);
const never = new Int32Array(new SharedArrayBuffer(4));

function write(length: number): boolean {
  for (let at = 0; at < length; ) {
    try {
      at += writeSync(1, chunk, at, length - at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(never, 0, 0, 1);
    }
  }
  return true;
}

const input = fstatSync(0);
if (input.isFIFO() || input.isSocket()) {
  // @types/node 20 lacks `onread` here; it is documented for `new net.Socket`.
  const options = { fd: 0, writable: false, onread: { buffer: chunk, callback: write } } as SocketConstructorOpts;
  new Socket(options);
} else {
  for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) write(length);
}
