import { readFileSync } from 'node:fs';

/** Reads files as text, each once: a secret may come from a pipe, which says it to the first reader only. */
export function readOnce(): (path: string) => string {
  const texts = new Map<string, string>();
  return (path) => {
    const text = texts.get(path) ?? readFileSync(path, 'utf8');
    texts.set(path, text);
    return text;
  };
}
