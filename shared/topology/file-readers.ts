import type { SnapshotFile } from './snapshot-file.ts';
import type { StaticFile } from './static-file.ts';

/** What reads the files of a topology. Each is loaded only where there is such a file: together they are half of what a start has to load. */
export interface FileReaders {
  readonly SnapshotFile?: typeof SnapshotFile;
  readonly StaticFile?: typeof StaticFile;
}

/** Loads what the files that are configured need. */
export async function loadFileReaders(files: {
  readonly snapshot?: string | undefined;
  readonly static?: string | undefined;
}): Promise<FileReaders> {
  return {
    ...(files.snapshot !== undefined && { SnapshotFile: (await import('./snapshot-file.ts')).SnapshotFile }),
    ...(files.static !== undefined && { StaticFile: (await import('./static-file.ts')).StaticFile }),
  };
}
