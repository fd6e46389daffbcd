const GREEN = '\u001b[32m';
const DIM = '\u001b[2m';
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** Fields say nothing about the plugins; longer ones are cut. */
const SHOWN_FIELDS = 44;

/** How many tags two lines have in common; -1 when they are not of one metric: other name, fields or time. */
export function likeness(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.measurement !== other.measurement || sortedFields(one.rest) !== sortedFields(other.rest)) return -1;
  return one.tags.filter((tag) => other.tags.includes(tag)).length;
}

/** Fields and time with the fields in one order: Telegraf changes it. Good enough for lines without commas in strings. */
function sortedFields(rest: string): string {
  const time = rest.lastIndexOf(' ');
  return `${rest.slice(0, time).split(',').sort().join()}${rest.slice(time)}`;
}

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

/** In a head only the byte just before a blank or comma decides whether it is escaped. */
function partsOf(line: string): Parts {
  const end = line.search(/(?<!\\) /);
  const [measurement = '', ...tags] = line.slice(0, end).split(/(?<!\\),/);
  return { measurement, tags, rest: line.slice(end + 1) };
}

function cut(text: string): string {
  return text.length > SHOWN_FIELDS ? `${text.slice(0, SHOWN_FIELDS)}…` : text;
}
