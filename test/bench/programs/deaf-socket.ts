/**
 * Holds a UDP port of 127.0.0.1 and reads nothing, so that whoever sends there is told no error.
 *
 *     deaf-socket PORT
 */
import { createSocket } from 'node:dgram';

const never = new Int32Array(new SharedArrayBuffer(4));
createSocket({ type: 'udp4', recvBufferSize: 4096 }).bind(Number(process.argv[2]), '127.0.0.1', () => {
  Atomics.wait(never, 0, 0);
});
