import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as exported from '../../../shared/collectd-protocol/index.ts';
import { pageBlocks } from '../../support/page-blocks.ts';

const library: Readonly<Record<string, unknown>> = exported;
const PAGE = readFileSync(new URL('../../../docs/reference/collectd-protocol.md', import.meta.url), 'utf8');
const IMPORT = /^import \{([^}]*)\} from 'crosslayer\/collectd-protocol';$/m;

const blocks = pageBlocks(PAGE);
const examples = blocks.flatMap((block, i) => {
  const printed = blocks[i + 1];
  return block.language === 'ts' ? [{ line: block.line, code: block.text, printed: printed?.text }] : [];
});

test('the page has examples for datagrams, sockets and text', () => {
  expect(examples).toHaveLength(3);
});

describe('what the page says is what happens', () => {
  test.for(examples)('line $line', async ({ code, printed }) => {
    const [, imported = ''] = IMPORT.exec(code) ?? [];
    const names = [...imported.matchAll(/\w+/g)].map(([name]) => name);
    expect(names.filter((name) => !(name in library))).toEqual([]);
    const lines: string[] = [];
    const print = (...values: unknown[]) => lines.push(values.map((value) => format('%s', value)).join(' '));
    const body = transformSync(code.replace(IMPORT, ''), { loader: 'ts', format: 'esm', target: 'node20.19' }).code;
    const run = new Function(...names, 'console', `return (async () => {${body}})()`);
    await run(...names.map((name) => library[name]), { log: print });
    expect(`${lines.join('\n')}\n`).toBe(printed);
  });

  test('every name in its table is exported', () => {
    const [, table = ''] = /## Names\n\n([\s\S]*?)\n\n/.exec(PAGE) ?? [];
    const named = [...table.matchAll(/`([A-Za-z]+)(?:\([^`]*)?`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !(name in library) && name !== 'flushAfterMs' && name !== 'host')).toEqual([]);
  });

  test('and every reason of the writer is one', () => {
    const [, table = ''] = /\| `reason` \|[^\n]*\n\|[^\n]*\n([\s\S]*?)\n\n/.exec(PAGE) ?? [];
    const named = [...table.matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !exported.WRITE_PROBLEM_REASONS.includes(name as never))).toEqual([]);
  });
});
