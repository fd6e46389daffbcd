import { compileGlob, GlobError } from '../../shared/config/glob.ts';
import { type ByteString, fromByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { PartTemplate, TemplateError } from './part-template.ts';

/** An entry of the table that says where metrics go; see `map` in the schema. */
export interface MapEntry {
  readonly measurement: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly fields?: readonly string[];
  readonly host?: string;
  readonly plugin?: string;
  readonly plugin_instance?: string;
  readonly type?: string;
  readonly type_instance?: string;
}

/** The parts of an identifier, as entries call them. */
export const PARTS = ['host', 'plugin', 'plugin_instance', 'type', 'type_instance'] as const;
export type Part = (typeof PARTS)[number];

/** A glob with one star, of which it can be told what that stood for. */
interface Pattern {
  readonly matches: (text: ByteString) => boolean;
  readonly star: ((text: ByteString) => ByteString | undefined) | undefined;
}

/** What an entry says of a line that it is for. */
export interface RuleMatch {
  readonly rule: MapRule;
  /** What the stars of its globs for measurement and tags stood for. */
  readonly stars: ReadonlyMap<ByteString, ByteString>;
}

const MEASUREMENT = 'measurement' as ByteString;
const FIELD = 'field' as ByteString;
const NO_STARS: ReadonlyMap<ByteString, ByteString> = new Map();

/** A compiled entry. */
export class MapRule {
  readonly parts: { readonly [P in Part]?: PartTemplate };
  /** Names of the fields in the order of the type's data sources; undefined where the fields are given by a glob, or not at all. */
  readonly fields: readonly ByteString[] | undefined;
  /** Whether it takes fields; an entry without only names the parts, for value lists and for fields that no other entry takes. */
  readonly takesFields: boolean;
  readonly #field: Pattern | undefined;
  readonly #measurement: Pattern;
  readonly #tags: readonly (readonly [ByteString, Pattern])[];

  /** @throws {GlobError} @throws {TemplateError} */
  constructor(entry: MapEntry) {
    this.#measurement = patternOf(entry.measurement);
    this.#tags = Object.entries(entry.tags ?? {}).map(([key, glob]) => [toByteString(key), patternOf(glob)]);
    const { fields = [] } = entry;
    this.takesFields = fields.length > 0;
    const isGlob = fields.length === 1 && /[*?[\]{}\\]/.test(fields[0] as string);
    this.#field = isGlob ? patternOf(fields[0] as string) : undefined;
    this.fields = this.takesFields && !isGlob ? fields.map(toByteString) : undefined;
    const parts: { [P in Part]?: PartTemplate } = {};
    for (const part of PARTS) {
      const text = entry[part];
      if (text !== undefined) parts[part] = new PartTemplate(text);
    }
    this.parts = parts;
    this.#checkStars();
  }

  #checkStars(): void {
    const withStar = new Set<ByteString>();
    if (this.#measurement.star) withStar.add(MEASUREMENT);
    if (this.#field?.star) withStar.add(FIELD);
    for (const [key, { star }] of this.#tags) if (star) withStar.add(key);
    for (const template of Object.values(this.parts)) {
      const lost = [...template.stars].find((name) => !withStar.has(name));
      if (lost === undefined) continue;
      const name = fromByteString(lost);
      throw new TemplateError(
        `"{${name}*}" needs a glob for ${name} in this entry, with one * and no other special character`,
      );
    }
  }

  /** What the entry says of lines with this measurement, their tags apart; undefined where it is not for them. */
  matchMeasurement(measurement: ByteString): RuleMatch | undefined {
    if (!this.#measurement.matches(measurement)) return undefined;
    const star = this.#measurement.star?.(measurement);
    return { rule: this, stars: star === undefined ? NO_STARS : new Map([[MEASUREMENT, star]]) };
  }

  /** The same with what it says of tags; undefined where it is not for lines that have these. */
  matchTags(match: RuleMatch, tags: ReadonlyMap<ByteString, ByteString>): RuleMatch | undefined {
    if (this.#tags.length === 0) return match;
    const stars = new Map(match.stars);
    for (const [key, pattern] of this.#tags) {
      const value = tags.get(key);
      if (value === undefined || !pattern.matches(value)) return undefined;
      const star = pattern.star?.(value);
      if (star !== undefined) stars.set(key, star);
    }
    return { rule: this, stars };
  }

  /** Whether the entry takes this field. */
  takes(field: ByteString): boolean {
    if (this.fields) return this.fields.includes(field);
    return this.#field?.matches(field) ?? false;
  }

  /** What the star of its glob for fields stands for. */
  fieldStar(field: ByteString): ByteString | undefined {
    return this.#field?.star?.(field);
  }
}

/** What is wrong with an entry, as [option, message]; empty when it can be compiled. */
export function entryProblems(entry: MapEntry): [string, string][] {
  const problems: [string, string][] = [];
  const attempt = (option: string, compile: () => unknown) => {
    try {
      compile();
    } catch (error) {
      if (!(error instanceof GlobError || error instanceof TemplateError)) throw error;
      problems.push([option, error.message]);
    }
  };
  for (const field of entry.fields ?? []) attempt('fields', () => compileGlob(field));
  for (const part of PARTS) attempt(part, () => new PartTemplate(entry[part] ?? ''));
  if ((entry.fields?.length ?? 0) > 1 && entry.type === undefined)
    problems.push(['fields', 'several fields are the values of one list: say of which "type"']);
  if ((entry.fields?.length ?? 0) > 1 && entry.fields?.some((field) => /[*?[\]{}\\]/.test(field)))
    problems.push(['fields', 'a glob must be the only one; write an entry for each']);
  if (new Set(entry.fields).size !== (entry.fields?.length ?? 0))
    problems.push(['fields', 'a field stands here twice']);
  if (problems.length === 0) attempt('', () => new MapRule(entry));
  return problems;
}

function patternOf(glob: string): Pattern {
  const [before, after, ...more] = glob.split('*');
  const isSimple = after !== undefined && more.length === 0 && !/[?[\]{}\\]/.test(glob);
  const matches = compileGlob(glob);
  if (!isSimple) return { matches: (text) => matches(fromByteString(text)), star: undefined };
  const [prefix, suffix] = [toByteString(before as string), toByteString(after)];
  // with one star it needs no automaton
  const isMatch = (text: ByteString) =>
    text.length >= prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix);
  return {
    matches: isMatch,
    star: (text) =>
      isMatch(text) ? (text.slice(prefix.length, text.length - suffix.length) as ByteString) : undefined,
  };
}
