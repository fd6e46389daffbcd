import { basename } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** A program in parts. What a start needs stands in one; every other is loaded when it is asked for. */
export interface Bundle {
  readonly start: string;
  /** By the name under which the program asks for it, e.g. `./configuration-2XK5PQ7A.js`. */
  readonly parts: ReadonlyMap<string, string>;
}

/** What stands around a part's text, as Node's own loader has it: a function of what a module knows. */
export const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '})'] as const;

/** Modules that are written by the build: name → text. */
export type WrittenModules = Readonly<Record<string, string>>;

/**
 * Bundles a program from `entry`. What it imports by `import()` becomes a part of its own. What several parts have in common stands in the start if the
 * start has it, too, else in the part `main` if that has it, else by itself; it is lent to the others as `exports.lent`, and `exports.homes` of
 * the start tells what `main` lends.
 *
 * @param main name of the written module that is asked for at most starts
 */
export async function bundle(root: string, entry: string, written: WrittenModules, main: string): Promise<Bundle> {
  const chunks = await chunksOf(root, entry, written);
  const inStart = reachable(chunks, ENTRY);
  const mainPart = [...chunks.keys()].find((name) => name.startsWith(`./${main}-`)) ?? ENTRY;
  const inMain = new Set([...reachable(chunks, mainPart)].filter((name) => !inStart.has(name)));
  const lentTo = (own: ReadonlySet<string>) =>
    [...own].filter((name) => [...chunks].some(([other, { imports }]) => !own.has(other) && imports.includes(name)));
  const lentByMain = lentTo(inMain);
  const homes = Object.fromEntries(lentByMain.map((name) => [name, mainPart]));
  const start = await commonJs(
    `${lendingModule(ENTRY, lentTo(inStart))}\nexport const homes = ${JSON.stringify(homes)};`,
    chunks,
    inStart,
  );
  const parts = new Map<string, string>();
  for (const [name, { text }] of chunks) {
    if (name === mainPart) parts.set(name, await commonJs(lendingModule(name, lentByMain), chunks, inMain));
    else if (!inStart.has(name) && !inMain.has(name)) parts.set(name, await commonJs(text, chunks, new Set()));
  }
  return { start, parts };
}

/** What esbuild calls the module that is given as text. */
const ENTRY = './stdin.js';

interface Chunk {
  readonly text: string;
  /** The chunks that are loaded before it. */
  readonly imports: readonly string[];
}

async function chunksOf(root: string, entry: string, written: WrittenModules): Promise<Map<string, Chunk>> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: entry, resolveDir: root, sourcefile: 'crosslayer.ts', loader: 'ts' },
    plugins: [writtenModules(root, written)],
    format: 'esm',
    splitting: true,
    outdir: root,
    metafile: true,
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  return new Map(
    outputFiles.map(({ path, text }) => {
      const imports = outputs.get(basename(path))?.imports ?? [];
      const before = imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
      return [`./${basename(path)}`, { text, imports: before.map((each) => `./${basename(each.path)}`) }];
    }),
  );
}

function reachable(chunks: ReadonlyMap<string, Chunk>, from: string, found = new Set<string>()): Set<string> {
  if (found.has(from)) return found;
  found.add(from);
  for (const name of chunks.get(from)?.imports ?? []) reachable(chunks, name, found);
  return found;
}

function lendingModule(name: string, lent: readonly string[]): string {
  return [
    `export * from '${name}';`,
    ...lent.map((name, i) => `import * as lent${i} from '${name}';`),
    `export const lent = { ${lent.map((name, i) => `'${name}': lent${i}`).join(', ')} };`,
  ].join('\n');
}

/** @param inside the chunks that are taken in; others stay outside */
async function commonJs(
  text: string,
  chunks: ReadonlyMap<string, Chunk>,
  inside: ReadonlySet<string>,
): Promise<string> {
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents: text, loader: 'js' },
    plugins: [inMemory((name) => (inside.has(name) ? chunks.get(name)?.text : undefined))],
    format: 'cjs',
    // `import()` becomes `require`: a script that is run by hand would have to answer it
    supported: { 'dynamic-import': false },
    // in the file already: to put it around the text at every start would copy it
    banner: { js: WRAPPER[0] },
    footer: { js: WRAPPER[1] },
  });
  const result = outputFiles[0]?.text ?? '';
  // esbuild leaves regular expressions as they are
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for
  const [stranger] = /.{0,40}[^\x00-\x7f].{0,20}/.exec(result) ?? [];
  if (stranger !== undefined)
    throw new Error(`A program is read as one byte for each character; write \\u… in ${stranger}`);
  return result;
}

const COMMON = {
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20.19',
  // the starter reads one byte for each character
  charset: 'ascii',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Takes in the chunks of which the text is given; others stay outside. */
function inMemory(textOf: (name: string) => string | undefined): Plugin {
  return {
    name: 'in-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path, kind }) => {
        const inside = kind !== 'dynamic-import' && textOf(path) !== undefined;
        return inside ? { path, namespace: 'chunk' } : { path, external: true };
      });
      onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: textOf(path) ?? '', loader: 'js' }));
    },
  };
}

function writtenModules(root: string, written: WrittenModules): Plugin {
  return {
    name: 'written-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^written:/ }, ({ path }) => ({ path: path.slice('written:'.length), namespace: 'written' }));
      onLoad({ filter: /./, namespace: 'written' }, ({ path }) => ({
        contents: written[path] ?? '',
        resolveDir: root,
        loader: 'ts',
      }));
    },
  };
}
