/** What this machine calls itself. `node:os` is loaded here, since a start that needs no name can do without it. */
export function ownHostName(): string {
  return process.getBuiltinModule('node:os').hostname();
}

/** Gives the name that is configured, else that of this machine, which is asked for once and not before it is needed. */
export function nameOrOwn(configured: string | undefined): () => string {
  let name = configured;
  return () => {
    name ??= ownHostName();
    return name;
  };
}
