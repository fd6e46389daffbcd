const GREEN = '\u001b[32m';
const DIM = '\u001b[2m';
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** Fields say nothing about the plugins; longer ones are cut. */
const SHOWN_FIELDS = 44;

/** The parts of a line that are shown: its measurement, its tags and the rest. */
interface Parts {
  readonly measurement: string;
  readonly tags: readonly string[];
  readonly rest: string;
}

/** A line before and after the chain as lines of text. With `colour`, what was added is green and what went is red. */
export function beforeAndAfter(before: string, after: string, colour: boolean): string[] {
  const was = partsOf(before);
  const is = partsOf(after);
  const paint = (text: string, code: string) => (colour ? code + text + PLAIN : text);
  const show = ({ measurement, tags, rest }: Parts, other: readonly string[], code: string) =>
    `${measurement}${tags.map((tag) => `,${other.includes(tag) ? tag : paint(tag, code)}`).join('')} ${paint(cut(rest), DIM)}`;
  return [`  - ${show(was, is.tags, RED)}`, `  + ${show(is, was.tags, GREEN)}`];
}

function partsOf(line: string): Parts {
  const head = /^(?:\\.|[^ \\])*/.exec(line)?.[0] ?? '';
  const [measurement = '', ...tags] = head.match(/(?:\\.|[^,\\])+/g) ?? [];
  return { measurement, tags, rest: line.slice(head.length + 1) };
}

function cut(text: string): string {
  return text.length > SHOWN_FIELDS ? `${text.slice(0, SHOWN_FIELDS)}…` : text;
}
