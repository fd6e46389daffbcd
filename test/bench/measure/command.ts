/** A program that is measured as a filter: lines on stdin, lines on stdout. */
export interface Command {
  name: string;
  /** Shell commands, joined by pipes; the CPU of all of them counts. */
  stages: readonly string[];
  /** `split` is the default of `bulkCpu`. */
  pin?: Pin;
}

/**
 * Where the filter runs: on a processor of its own, both ends of the pipe on another (`split`), or anywhere (`none`).
 * Left free, the same pipe costs twice as much or not, by chance: whether the ends of a pipe share a cache is
 * the scheduler's choice.
 */
export type Pin = 'split' | 'none';

/** The command for `bash -c`; a single stage replaces the shell. */
export function script({ stages }: Command): string {
  return stages.length === 1 ? `exec ${stages[0]}` : `set -o pipefail; ${stages.join(' | ')}`;
}

/** One argument of a shell command, quoted where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Our environment without what slows a peer down or changes how it writes. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, PYTHONUNBUFFERED, NODE_V8_COVERAGE, ...environment } = process.env;
  return { ...environment, LC_ALL: 'C' };
}
