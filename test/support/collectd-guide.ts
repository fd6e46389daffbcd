import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from './collectd-account.ts';
import { type PageBlock, pageBlocks } from './page-blocks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/guide/collectd.md'), 'utf8');

/** Headings of the page whose blocks somebody runs. */
export type GuideHeading =
  | 'collectd to Telegraf'
  | 'Telegraf to collectd'
  | 'Everything inside collectd'
  | 'collectd to a pipe and a file'
  | 'Notifications with their meta data'
  | 'Between machines: signed and encrypted';

/** The headings of the page that have blocks. */
export function guideHeadings(): string[] {
  return [...sections()].filter(([, text]) => pageBlocks(text).length > 0).map(([heading]) => heading);
}

/** What the test has where the page has a port, a name or a path of Debian's. */
export interface GuidePlaces {
  readonly folder: string;
  readonly account: Account;
  /** The built program and its interpreter, where the account can read them. */
  readonly installed: { readonly node: string; readonly program: string };
  /** What stands in the page, and what stands for it in the test, e.g. `"25826"` and a free port. */
  readonly instead: Readonly<Record<string, string | number>>;
}

/** A part of docs/guide/collectd.md as a reader has it after doing what it says; `/etc` and its like are folders of the test. */
export class InstalledGuide {
  /** For collectd, Telegraf and shells. */
  readonly environment: Readonly<Record<string, string>>;
  /** The blocks that are run, in order. */
  readonly runs: readonly PageBlock[];
  readonly #places: GuidePlaces;

  /** Makes the files that the part names, those of the introduction to the four ways, and links to the programs. */
  constructor(headings: readonly GuideHeading[], places: GuidePlaces) {
    this.#places = places;
    const { folder, installed } = places;
    this.environment = { PATH: `${folder}/usr/local/bin:${dirname(installed.node)}:${process.env.PATH}` };
    for (const place of ['etc/collectd/collectd.conf.d', 'usr/local/bin', 'var/lib/crosslayer', 'run'])
      mkdirSync(join(folder, place), { recursive: true });
    chmodSync(join(folder, 'var/lib/crosslayer'), 0o777);
    chmodSync(join(folder, 'run'), 0o777);
    this.#link();
    const blocks = ['Four ways to run', ...headings].flatMap((heading) => pageBlocks(sections().get(heading) ?? ''));
    for (const { mark, text } of blocks) if (mark?.kind === 'file') this.#write(mark.subject, text);
    this.runs = blocks.filter(({ mark }) => mark?.kind === 'run');
  }

  /** The line of collectd.conf by which Debian reads the operator's files. */
  get include(): string {
    return `<Include "${this.#places.folder}/etc/collectd/collectd.conf.d">\n  Filter "*.conf"\n</Include>`;
  }

  /** A text of the page with what the test has instead. */
  text(of: string): string {
    const { folder, account, instead } = this.#places;
    let text = of
      .replaceAll(/\/(etc|usr\/local|run|var)\//g, `${folder}/$1/`)
      .replaceAll(/(Exec +)"[a-z]+(?::[a-z]+)?"/g, `$1"${account.name}"`)
      .replaceAll(/(SocketGroup +)"[a-z]+"/g, `$1"${groupOf(account)}"`)
      .replaceAll(/(install .*-g )[a-z]+/g, `$1${groupOf(account)}`);
    for (const [from, to] of Object.entries(instead)) text = text.replaceAll(from, String(to));
    return text;
  }

  #write(path: string, text: string): void {
    const place = join(this.#places.folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, this.text(text), { mode: path.endsWith('auth_file') ? 0o640 : 0o644 });
    chownSync(place, this.#places.account.uid, this.#places.account.gid);
  }

  #link(): void {
    const { folder, installed } = this.#places;
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const [name, target] of Object.entries(bin)) {
      const place = join(folder, 'usr/local/bin', name);
      if (target.startsWith('dist/bin/')) symlinkSync(join(dirname(installed.program), basename(target)), place);
      else copyFileSync(join(ROOT, target), place);
    }
  }
}

/** The text behind each heading of the second and third level, up to the next one. */
function sections(): Map<string, string> {
  const parts = PAGE.split(/^#{2,3} /m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]));
}

function groupOf({ gid }: Account): string {
  const row = new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm').exec(readFileSync('/etc/group', 'utf8'));
  return row?.[1] ?? String(gid);
}
