import type { CommonOptions } from '../config/common-options.ts';
import { compileGlob, type Glob } from '../config/glob.ts';
import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import type { LineView, MeasurementQuestion, TagName, TagNames } from '../line-protocol/line-view.ts';

/** What a filter asks of a line. */
export type FilteredLine = Pick<LineView, 'answer' | 'tag'>;

/** Whether a stage handles the line. */
export type LineFilter = (line: FilteredLine) => boolean;

type FilterOptions = Pick<CommonOptions, 'namepass' | 'namedrop' | 'tagpass' | 'tagdrop'>;

/** Whether a stage has a filter at all. */
export function hasFilter({ namepass, namedrop, tagpass, tagdrop }: FilterOptions): boolean {
  return [namepass, namedrop, Object.keys(tagpass), Object.keys(tagdrop)].some(({ length }) => length > 0);
}

/**
 * The filters that Telegraf's plugins have (its models/filter.go): a line is handled when a glob of `namepass` matches its name and none of
 * `namedrop`, and when one tag is as in `tagpass` and none as in `tagdrop`. A filter that is empty lets all through. Tag keys are no globs.
 */
export function compileFilter(options: FilterOptions, names: TagNames): LineFilter {
  const namePass = questionOf(anyOf(options.namepass));
  const nameDrop = questionOf(anyOf(options.namedrop));
  const tagPass = anyTagOf(options.tagpass, names);
  const tagDrop = anyTagOf(options.tagdrop, names);
  if (!hasFilter(options)) return () => true;
  return (line) => {
    if (namePass && !line.answer(namePass)) return false;
    if (nameDrop && line.answer(nameDrop)) return false;
    return !(tagPass && !tagPass(line)) && !tagDrop?.(line);
  };
}

function questionOf(matches: ((bytes: ByteString) => boolean) | undefined): MeasurementQuestion<boolean> | undefined {
  return matches && { of: matches };
}

function anyOf(globs: readonly string[]): ((bytes: ByteString) => boolean) | undefined {
  if (globs.length === 0) return undefined;
  const compiled: Glob[] = globs.map(compileGlob);
  return (bytes) => {
    const text = fromByteString(bytes);
    return compiled.some((matches) => matches(text));
  };
}

function anyTagOf(filters: Readonly<Record<string, readonly string[]>>, names: TagNames): LineFilter | undefined {
  const compiled = Object.entries(filters).flatMap(([key, globs]): [TagName, (value: ByteString) => boolean][] => {
    const matches = anyOf(globs);
    return matches ? [[names.of(key), matches]] : [];
  });
  // an empty table is no filter; tags whose lists are empty are one that no line passes, as in Telegraf
  if (Object.keys(filters).length === 0) return undefined;
  return (line) =>
    compiled.some(([name, matches]) => {
      const value = line.tag(name);
      return value !== undefined && matches(value);
    });
}
