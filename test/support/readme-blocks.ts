/**
 * A fenced block of a page that a test runs. The comment in front of the fence says what it is:
 * `<!-- file: /etc/crosslayer/topology.toml -->` a file of the reader, `<!-- run: telegraf -->` or `<!-- run: shell -->` a
 * thing to run.
 */
export interface PageBlock {
  readonly kind: 'file' | 'run';
  /** The path of the file, or what runs it. */
  readonly subject: string;
  readonly text: string;
  /** Line of the page, 1-based, for messages. */
  readonly line: number;
}

const MARK = /^\s*<!--\s*(file|run):\s*(\S+)\s*-->\s*$/;
const FENCE = /^\s*(`{3,}|~{3,})/;

/** The marked blocks of a Markdown page, in order. A mark without a fence behind it is an error: it would test nothing. */
export function pageBlocks(page: string): PageBlock[] {
  const rows = page.split('\n');
  const blocks: PageBlock[] = [];
  for (let row = 0; row < rows.length; row++) {
    const [, kind, subject] = MARK.exec(rows[row] ?? '') ?? [];
    if (kind === undefined || subject === undefined) continue;
    let open = row + 1;
    while (rows[open]?.trim() === '') open++;
    const fence = FENCE.exec(rows[open] ?? '')?.[1];
    if (fence === undefined) throw new Error(`Line ${row + 1}: no fenced block follows "${rows[row]?.trim()}"`);
    const close = rows.findIndex((text, at) => at > open && text.trim() === fence);
    if (close < 0) throw new Error(`Line ${open + 1}: the fenced block does not end`);
    const text = `${rows.slice(open + 1, close).join('\n')}\n`;
    blocks.push({ kind: kind as PageBlock['kind'], subject, text, line: row + 1 });
    row = close;
  }
  return blocks;
}
