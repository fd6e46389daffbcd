import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Which rooms a room may import from, besides itself. `plugins` and `examples` stand for a single plugin's folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/line-protocol': [],
  'shared/collectd-protocol': ['shared/line-protocol'],
  'shared/collectd-lines': ['shared/line-protocol', 'shared/collectd-protocol'],
  'shared/config': ['shared/line-protocol'],
  'shared/log': ['shared/line-protocol'],
  'shared/stats': ['shared/line-protocol'],
  'shared/topology': ['shared/line-protocol', 'shared/config', 'shared/log', 'shared/stats'],
  'shared/plugin': ['shared/line-protocol', 'shared/config', 'shared/log', 'shared/stats', 'shared/topology'],
  'shared/build': ['shared/line-protocol', 'shared/config', 'shared/plugin'],
  // files of collectd that several plugins follow; collectd-protocol itself has no I/O
  'shared/collectd-files': ['shared/line-protocol', 'shared/collectd-protocol', 'shared/log', 'shared/topology'],
  plugins: [
    'shared/line-protocol',
    'shared/collectd-protocol',
    'shared/collectd-lines',
    'shared/collectd-files',
    'shared/config',
    'shared/log',
    'shared/stats',
    'shared/topology',
    'shared/plugin',
  ],
};

/** The source files, from the root. */
function sourceFiles(): string[] {
  return ['shared', 'plugins', 'examples'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${top}/${path}`),
  );
}

/** The files that a file imports, from the root; packages are left out. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(
    ([, specifier]) => specifier as string,
  );
  return specifiers.map((specifier) => posix.join(posix.dirname(file), specifier));
}

/** The room of a file: `shared/<room>`, or the folder of a plugin. */
function roomOf(file: string): string {
  const [top, second, third] = file.split('/');
  if (top === 'examples' && second === 'write-a-plugin') return `${top}/${second}/${third}`;
  return `${top}/${second}`;
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const rule = MAY_IMPORT[from.startsWith('shared/') ? from : 'plugins'];
  return rule?.includes(to) ?? false;
}

test('lower rooms do not import higher ones, and plugins not each other', () => {
  const wrong = sourceFiles().flatMap((file) => {
    // the demo is a program that starts others
    if (file.startsWith('examples/demo/')) return [];
    return importsOf(file)
      .filter((target) => !mayImport(roomOf(file), roomOf(target)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test('every room has a rule, and what is imported is there', () => {
  const rooms = new Set(
    sourceFiles()
      .map(roomOf)
      .filter((room) => room.startsWith('shared/')),
  );
  expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  const lost = sourceFiles().flatMap((file) =>
    importsOf(file)
      .filter((target) => target.endsWith('.ts') && !existsSync(join(ROOT, target)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(lost).toEqual([]);
});
