import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from './crosslayer.ts';
import { type PageBlock, pageBlocks } from './page-blocks.ts';
import { plugins } from './plugins.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The machine on which the pages' examples run is called so. */
const NODE = 'node-1';

/** A page for readers whose blocks tests run. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly blocks: readonly PageBlock[];
}

/** The README and the pages of all plugins. */
export function pages(): Page[] {
  const paths = [join(ROOT, 'README.md'), ...plugins().map((plugin) => join(plugin.folder, 'README.md'))];
  return paths.map((path) => ({ path: relative(ROOT, path), blocks: pageBlocks(readFileSync(path, 'utf8')) }));
}

/** What a reader has after doing what the page says; `/etc` and its like are folders of the test. */
export class InstalledPage {
  /** For a child that is to find the programs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #files: readonly PageBlock[];

  /** Makes the page's files, the samples of plugins where the page has none, and the programs as npm links them. */
  constructor(page: Page, folder: string) {
    this.#folder = folder;
    this.#files = page.blocks.filter((block) => block.mark?.kind === 'file');
    this.environment = { PATH: `${folder}/bin:${process.env.PATH}` };
    for (const { subcommand, folder: home } of plugins()) {
      const sample = join(home, 'sample.conf');
      if (existsSync(sample)) this.#write(`/etc/crosslayer/${subcommand}.conf`, readFileSync(sample, 'utf8'));
    }
    // what a package or an operator makes besides
    for (const place of ['var/lib/crosslayer', 'run/crosslayer']) mkdirSync(join(folder, place), { recursive: true });
    for (const block of this.#files) this.#write(block.mark?.subject ?? '', block.text);
    this.#link();
  }

  /** A text of the page with the paths of the test. */
  text(of: string): string {
    return of.replaceAll(/\/(etc|usr|run|var)\//g, `${this.#folder}/$1/`);
  }

  /** The configuration files that the page makes, as the reader names them. */
  get configs(): string[] {
    return this.#files.map((block) => block.mark?.subject ?? '').filter((path) => path.endsWith('.conf'));
  }

  /** The interfaces that the page's static table knows. */
  get interfaces(): string[] {
    return this.#files.flatMap((block) =>
      [...block.text.matchAll(/^\[\[interface\]\].*\n(?:[^[]*\n)?\s*name\s*=\s*"([^"]+)"/gm)].map(
        (found) => found[1] ?? '',
      ),
    );
  }

  #write(path: string, text: string): void {
    const place = join(this.#folder, path);
    mkdirSync(dirname(place), { recursive: true });
    const named = text.replace(/^\[\[processors\.topology_tagger\]\]$/gm, `$&\n  node = "${NODE}"`);
    writeFileSync(place, path.endsWith('.conf') ? this.text(named) : text);
  }

  #link(): void {
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const place of ['bin', 'usr/bin', 'usr/local/bin']) {
      mkdirSync(join(this.#folder, place), { recursive: true });
      for (const [name, target] of Object.entries(bin)) {
        symlinkSync(name === 'crosslayer' ? PROGRAM : join(ROOT, target), join(this.#folder, place, name));
      }
    }
  }
}
