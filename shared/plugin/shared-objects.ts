/** What stages of one process have in common: one instance of each class, made when it is first asked for. */
export class SharedObjects {
  readonly #instances = new Map<new () => object, object>();

  of<T extends object>(kind: new () => T): T {
    const known = this.#instances.get(kind) as T | undefined;
    if (known) return known;
    const made = new kind();
    this.#instances.set(kind, made);
    return made;
  }
}
