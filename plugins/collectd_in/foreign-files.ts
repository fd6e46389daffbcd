import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Things that are kept for the operator to look at; who fills the spool with directories shall not fill the disk. */
const MAX_FOREIGN = 100;

/** How names of things begin that were put aside. */
export const FOREIGN = '.foreign-';

/** What is no regular file in the spool: directories, links, pipes. It is put aside under a name of its own. */
export class ForeignFiles {
  readonly #folder: string;
  /** How many there are: by the last whole look, and by the one that is under way. */
  #known = 0;
  #seen = 0;
  #last = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The directory is read from its start again. */
  lookBegins(): void {
    this.#known = this.#seen;
    this.#seen = 0;
  }

  /** One that was put aside before is there. */
  see(): void {
    this.#seen++;
  }

  /**
   * Takes a thing out of the way: renamed, or removed when enough of them are kept. Gives the new name, or undefined when it was removed.
   *
   * @throws when the system refuses; a directory with something in it is never removed
   */
  putAside(path: string): string | undefined {
    if (Math.max(this.#known, this.#seen) >= MAX_FOREIGN) {
      if (lstatSync(path).isDirectory()) rmdirSync(path);
      else unlinkSync(path);
      return undefined;
    }
    const name = this.#freeName();
    renameSync(path, join(this.#folder, name));
    this.#known++;
    this.#seen++;
    return name;
  }

  /** A process before us may have had our pid. */
  #freeName(): string {
    for (;;) {
      const name = `${FOREIGN}${process.pid}-${++this.#last}`;
      if (lstatSync(join(this.#folder, name), { throwIfNoEntry: false }) === undefined) return name;
    }
  }
}
