import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';

/** A file that keeps copies of malformed records, up to a size; one full file is kept beside it. */
export interface Quarantine {
  /** Gives false when the copy could not be kept. */
  keep(record: Uint8Array): boolean;
  close(): void;
}

/**
 * Appends to `path`; when it would grow over `maxBytes` it becomes `path.1`, replacing an older one. A file that cannot be written is
 * tried again for later records: a full disk may be cleared.
 *
 * @param failed called with the reason whenever a record could not be kept
 */
export function openQuarantine(path: string, maxBytes: number, failed: (reason: string) => void): Quarantine {
  let fd: number | undefined;
  let size = 0;
  const open = (): number => {
    const opened = openSync(path, 'a', 0o640);
    size = fstatSync(opened).size;
    return opened;
  };
  const close = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  /** A disk that is full may have taken a part of a record, to which the next one must not be joined. */
  const undo = () => {
    try {
      if (fd !== undefined) ftruncateSync(fd, size);
    } catch {
      // what cannot be written cannot be cut either
    }
  };
  return {
    keep(record) {
      if (record.length > maxBytes) {
        failed(`it is longer than ${maxBytes} bytes`);
        return false;
      }
      try {
        fd ??= open();
        if (size > 0 && size + record.length > maxBytes) {
          close();
          renameSync(path, `${path}.1`);
          fd = open();
        }
        for (let at = 0; at < record.length; ) at += writeSync(fd, record, at);
        size += record.length;
        return true;
      } catch (error) {
        undo();
        close();
        failed((error as Error).message);
        return false;
      }
    },
    close,
  };
}
