import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Path of a program in PATH, if there is one. */
export function onPath(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
