import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, vi } from 'vitest';
import { ExecdHost, type ExecdOptions } from './execd-host.ts';

// Beyond Telegraf's 10 s, and beyond the patience of every wait in a test, so that these say what was missing.
vi.setConfig({ testTimeout: 60_000 });

/** What a test of processes gets. All of it is taken away at the end of the test, also of a failed one. */
export interface ProcessFixtures {
  /** An empty folder. */
  folder: string;
  /** Writes a file into the folder and gives its path. */
  file: (name: string, text: string | Uint8Array) => string;
  /** Starts a child under a host that keeps Telegraf's contract. */
  start: (options: ExecdOptions) => ExecdHost;
}

/** `test`, with {@link ProcessFixtures}; also for `.concurrent`. */
export const processTest = test.extend<ProcessFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'crosslayer-test-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  file: async ({ folder }, use) => {
    await use((name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
  },
  start: async ({ folder }, use) => {
    const hosts: ExecdHost[] = [];
    await use((options) => {
      const host = new ExecdHost({ folder, ...options });
      hosts.push(host);
      return host;
    });
    await Promise.all(hosts.map((host) => host.kill()));
  },
});
