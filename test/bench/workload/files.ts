import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hostMetrics } from './host-metrics.ts';
import { nasty } from './nasty.ts';
import { type SnapshotOptions, snapshot } from './snapshot.ts';
import { virt } from './virt.ts';

/** Name of a workload: W1 host metrics, W2 collectd virt, W3 nasty syntax. */
export type Workload = 'W1' | 'W2' | 'W3';

/** Changes whenever the generators write other bytes, so that no old file is taken for a new one. */
const EDITION = 1;

/** Folder for what is large or slow to make: `$XDG_CACHE_HOME/crosslayer/bench`. */
export function cacheFolder(...parts: string[]): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'crosslayer', 'bench', ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Path of a cached file, which `make` writes beside its place first if it is not there yet. */
function cached(name: string, make: (path: string) => void): string {
  const path = join(cacheFolder(), name);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${process.pid}`;
  make(unfinished);
  renameSync(unfinished, path);
  return path;
}

/** Writes lines until there are `bytes` of them, in whole lines. */
function writeLines(path: string, lines: Iterable<string>, bytes: number): void {
  const file = openSync(path, 'w');
  let written = 0;
  let block = '';
  const flush = () => {
    const data = Buffer.from(block);
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    written += data.length;
    block = '';
  };
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < 1 << 18) continue;
    flush();
    if (written >= bytes) break;
  }
  flush();
  closeSync(file);
}

/** Path of a workload of about `megabytes` (10^6 bytes). W2 may have another number of tap devices than 2,000. */
export function workloadFile(workload: Workload, megabytes: number, taps = 2000): string {
  const lines = { W1: hostMetrics, W2: () => virt(taps), W3: nasty }[workload];
  const name = `${workload}-${megabytes}MB${taps === 2000 ? '' : `-${taps}taps`}-${EDITION}.lp`;
  return cached(name, (path) => writeLines(path, lines(), megabytes * 1e6));
}

/** Path of the first lines of a workload. */
export function linesFile(workload: 'W1' | 'W2', lines: number): string {
  return cached(`${workload}-${lines}lines-${EDITION}.lp`, (path) => {
    const text = readFileSync(workloadFile(workload, 5), 'utf8');
    writeFileSync(path, `${text.split('\n').slice(0, lines).join('\n')}\n`);
  });
}

/** Path of a snapshot for the workloads; the peers' table is beside it, with the ending `.tsv`. */
export function snapshotFile(options: SnapshotOptions): string {
  const { taps, seq = 1, vmNames = 'vm', intervals = false } = options;
  const name = `topology-${taps}-${seq}-${vmNames}${intervals ? '-intervals' : ''}-${EDITION}`;
  return cached(`${name}.json`, (path) => {
    const { json, table } = snapshot(options);
    writeFileSync(join(cacheFolder(), `${name}.tsv`), table);
    writeFileSync(path, json);
  });
}

/** The peers' table that belongs to a snapshot file. */
export function tableOf(snapshotPath: string): string {
  return snapshotPath.replace(/\.json$/, '.tsv');
}

/** Path of a text repeated to about `megabytes`. */
export function repeatedFile(source: string, name: string, megabytes: number): string {
  return cached(`${name}-${megabytes}MB-${EDITION}.lp`, (path) => {
    const text = readFileSync(source);
    const file = openSync(path, 'w');
    for (let n = 0; n < megabytes * 1e6; n += text.length) writeSync(file, text);
    closeSync(file);
  });
}
