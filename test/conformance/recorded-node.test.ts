import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../fixtures/recorded-node/', import.meta.url));

test('the recorded node is what its script makes of what was captured', () => {
  const copy = mkdtempSync(join(tmpdir(), 'recorded-node-'));
  try {
    for (const name of ['captured', 'make.mjs']) cpSync(join(FOLDER, name), join(copy, name), { recursive: true });
    execFileSync(process.execPath, [join(copy, 'make.mjs')]);
    const made = readdirSync(join(copy, 'lines')).map((name) => `lines/${name}`);
    expect(made).toHaveLength(6);
    for (const name of [...made, 'topology.json']) {
      expect(readFileSync(join(copy, name), 'utf8'), name).toBe(readFileSync(join(FOLDER, name), 'utf8'));
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
});
