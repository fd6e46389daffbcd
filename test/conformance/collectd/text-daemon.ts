import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Collectd, CollectdOptions } from '../../support/collectd.ts';
import { CollectdSocket } from '../../support/collectd-socket.ts';
import { WireRecorder } from '../../support/udp.ts';

/** A collectd with a socket, whose network plugin shows what it dispatched. */
export interface TextDaemon {
  readonly daemon: Collectd;
  readonly socket: CollectdSocket;
  readonly recorder: WireRecorder;
  /** Resolves when all that was dispatched has arrived, with one more value list at the end. */
  finish(): Promise<void>;
}

/** @param config more than socket and network */
export async function startTextDaemon(
  collectd: (options: CollectdOptions) => Collectd,
  folder: string,
  config = '',
): Promise<TextDaemon> {
  const recorder = await WireRecorder.open();
  const path = join(folder, 'unixsock');
  const daemon = collectd({
    config: `
LoadPlugin unixsock
LoadPlugin network
<Plugin unixsock>
  SocketFile "${path}"
</Plugin>
<Plugin network>
  Server "127.0.0.1" "${recorder.port}"
</Plugin>
${config}`,
  });
  await daemon.ready();
  const socket = await vi.waitFor(() => CollectdSocket.open(path));
  const finish = async () => {
    await socket.ask(['PUTVAL last/p/gauge 1700000000:1']);
    await vi.waitFor(() => {
      daemon.flush();
      expect(recorder.records.some(({ identifier }) => identifier.startsWith('last/'))).toBe(true);
    });
    socket.close();
    recorder.close();
  };
  return { daemon, socket, recorder, finish };
}
