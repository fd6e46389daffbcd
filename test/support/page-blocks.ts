/** A fenced block of a page for readers. */
export interface PageBlock {
  /** The word behind the fence. */
  readonly language: string;
  readonly text: string;
  /** Line of the fence, 1-based, for messages. */
  readonly line: number;
  /**
   * What the comment in front of the fence says: `<!-- file: /etc/crosslayer/topology.toml -->` a file that the reader
   * makes, `<!-- run: shell -->` or `<!-- run: telegraf -->` a thing that the reader runs.
   */
  readonly mark?: { readonly kind: 'file' | 'run'; readonly subject: string };
}

const MARK = /^\s*<!--\s*(file|run):\s*(\S+)\s*-->\s*$/;
const FENCE = /^\s*(`{3,}|~{3,})\s*(\S*)/;

/** The fenced blocks of a Markdown page, in order. A mark without a fence behind it is an error: it would test nothing. */
export function pageBlocks(page: string): PageBlock[] {
  const rows = page.split('\n');
  const blocks: PageBlock[] = [];
  let mark: { readonly row: number; readonly is: PageBlock['mark'] & object } | undefined;
  for (let row = 0; row < rows.length; row++) {
    const text = rows[row] ?? '';
    const [, kind, subject = ''] = MARK.exec(text) ?? [];
    const [, fence, language = ''] = FENCE.exec(text) ?? [];
    if (kind !== undefined) {
      mark = { row, is: { kind: kind as 'file' | 'run', subject } };
    } else if (fence !== undefined) {
      const close = rows.findIndex((other, at) => at > row && other.trim() === fence);
      if (close < 0) throw new Error(`Line ${row + 1}: the fenced block does not end`);
      const inside = `${rows.slice(row + 1, close).join('\n')}\n`;
      blocks.push({ language, text: inside, line: row + 1, ...(mark && { mark: mark.is }) });
      mark = undefined;
      row = close;
    } else if (mark !== undefined && text.trim() !== '') {
      break;
    }
  }
  if (mark !== undefined) throw new Error(`Line ${mark.row + 1}: no fenced block follows the mark`);
  return blocks;
}
