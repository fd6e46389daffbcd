import { readSecretFile } from './read-secret-file.ts';

/** Reads secrets, each once: one may come from a pipe, which says it to the first reader only. */
export function readOnce(): (path: string) => string {
  const texts = new Map<string, string>();
  return (path) => {
    const text = texts.get(path) ?? readSecretFile(path);
    texts.set(path, text);
    return text;
  };
}
