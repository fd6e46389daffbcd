import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DemoOptions } from './demo-options.ts';
import { runStandalone } from './standalone.ts';
import { findTelegraf, runUnderTelegraf } from './under-telegraf.ts';
import { findCollectd, runWithCollectd } from './with-collectd.ts';

// npm run demo [-- --seconds 20]: see README.md

const DEFAULT_SECONDS = 12;
const LEAST_SECONDS = 6;
const MOST_SECONDS = 28;

const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) {
  process.stderr.write(`--seconds takes a number from ${LEAST_SECONDS} to ${MOST_SECONDS}\n`);
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-demo-'));
  try {
    const options: DemoOptions = {
      seconds,
      folder,
      colour: process.stdout.isTTY && process.env.NO_COLOR === undefined,
      print: (text) => process.stdout.write(`${text}\n`),
    };
    const telegraf = findTelegraf(process.env);
    const done = telegraf === undefined ? await runStandalone(options) : await runUnderTelegraf(telegraf, options);
    const collectd = findCollectd(process.env);
    const withCollectd = collectd === undefined || (await runWithCollectd(collectd, options));
    if (!done || !withCollectd) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
