/**
 * What any receiver in Node costs at least: for every datagram that comes to 127.0.0.1 the same text goes to stdout.
 *
 *     echo-datagrams PORT FILE
 */
import { createSocket } from 'node:dgram';
import { readFileSync, writeSync } from 'node:fs';

const [port, file = ''] = process.argv.slice(2);
const text = readFileSync(file);

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
socket.on('message', () => {
  for (let at = 0; at < text.length; ) at += writeSync(1, text, at);
});
socket.bind(Number(port), '127.0.0.1');
process.on('SIGTERM', () => socket.close());
