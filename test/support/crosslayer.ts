import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built program, as it is shipped: process tests run nothing else. `CROSSLAYER=` names another, e.g. an installed one. */
export const PROGRAM =
  process.env.CROSSLAYER ?? fileURLToPath(new URL('../../dist/bin/crosslayer.cjs', import.meta.url));

/** The command line of a subcommand of the built program. */
export function crosslayer(...words: string[]): string[] {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there; build it with: npm run build`);
  return [process.execPath, PROGRAM, ...words];
}
