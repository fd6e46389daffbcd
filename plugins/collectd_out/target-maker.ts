import type { LineHead } from '../../shared/collectd-lines/line-head.ts';
import { cleanMetaName } from '../../shared/collectd-protocol/format-putnotif.ts';
import type { Identifier } from '../../shared/collectd-protocol/identifier.ts';
import type { MetaData } from '../../shared/collectd-protocol/notification.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import { cleanEventIdentifier, cleanIdentifier } from './clean-identifier.ts';
import type { FieldUse, MappingOptions, RefusalReason } from './head-plan.ts';
import { lineName } from './line-name.ts';
import { ListTarget } from './list-target.ts';
import { PARTS, type Part, type RuleMatch } from './map-rules.ts';
import type { TemplateValues } from './part-template.ts';

const EMPTY = '' as ByteString;
const HOST = 'host' as ByteString;
/** Bytes of a line that meta data may take; identifier, interval and some values fit besides into the 1023 that collectd reads. */
const MAX_META_BYTES = 400;
const PART_NAMES = new Set<string>(PARTS);

/** The parts of an identifier as templates call them. */
export type IdentifierParts = { readonly [P in Part]: ByteString };

/** Told of names that were cut. */
export type OnShortened = (name: Identifier) => void;

/** Makes identifiers, and what belongs to them, for the lines of one head. */
export class TargetMaker {
  readonly #head: LineHead;
  readonly #options: MappingOptions;
  readonly #onShortened: OnShortened;
  readonly #meta: readonly MetaData[];
  #lostMeta = 0;

  constructor(head: LineHead, options: MappingOptions, onShortened: OnShortened) {
    this.#head = head;
    this.#options = options;
    this.#onShortened = onShortened;
    const meta: MetaData[] = [];
    let room = MAX_META_BYTES;
    for (const key of options.metaTags) {
      const value = head.tags.get(key);
      if (value === undefined) continue;
      const data = { name: cleanMetaName(key), value: cleanMeta(value) };
      room -= metaBytes(data);
      if (room >= 0) meta.push(data);
      else this.#lostMeta++;
    }
    this.#meta = meta.length === 0 ? NO_META : meta;
  }

  /**
   * The parts that the entry's templates give, each that it does not name from `own`. Without an instance of its own a metric gets the
   * values of the tags that are used nowhere else.
   *
   * @param own of a value list; undefined for other metrics
   * @returns the parts, and how many tags go nowhere
   */
  parts(
    match: RuleMatch | undefined,
    own: IdentifierParts | undefined,
    ownTags: readonly ByteString[],
    field: ByteString,
    defaults: { readonly type: ByteString; readonly type_instance: ByteString },
  ): { parts: IdentifierParts; leftOutTags: number } {
    const { measurement, tags } = this.#head;
    const templates = match?.rule.parts ?? {};
    const values: TemplateValues = {
      value(name) {
        if (name === 'measurement') return measurement;
        if (name === 'field') return field;
        if (own && PART_NAMES.has(name)) return own[name as Part];
        return tags.get(name);
      },
      star: (name) => (name === 'field' ? match?.rule.fieldStar(field) : match?.stars.get(name)),
    };
    const used = new Set<ByteString>(ownTags);
    for (const template of Object.values(templates)) for (const name of template.names) used.add(name);
    const unused = [...tags.keys()].filter((key) => !used.has(key) && key !== HOST && !this.#options.metaTags.has(key));
    const joinsTags = !own && !templates.plugin_instance;
    const fallback: IdentifierParts = own ?? {
      host: tags.get(HOST) ?? EMPTY,
      plugin: measurement.replaceAll('-', '_') as ByteString,
      plugin_instance: joinsTags
        ? (unused
            .sort()
            .map((key) => tags.get(key))
            .join('-') as ByteString)
        : EMPTY,
      ...defaults,
    };
    const parts = Object.fromEntries(
      PARTS.map((part) => [part, templates[part]?.render(values) ?? fallback[part]]),
    ) as IdentifierParts;
    return { parts, leftOutTags: joinsTags ? 0 : unused.length };
  }

  /** The list of these parts, or why there is none. */
  target(
    made: { readonly parts: IdentifierParts; readonly leftOutTags: number },
    kinds: readonly DataSourceKind[],
    fields: readonly ByteString[],
    shorten: boolean,
  ): ListTarget | (FieldUse & { kind: 'refused' }) {
    const { host, plugin, plugin_instance, type, type_instance } = made.parts;
    const { identifier, problem, ...rest } = cleanIdentifier(
      {
        host: host === '' ? this.#options.hostname : host,
        plugin,
        pluginInstance: plugin_instance,
        type,
        typeInstance: type_instance,
      },
      { shorten },
    );
    if (problem !== undefined) return this.refused('bad_identifier', problem);
    if ('shortened' in rest && rest.shortened) this.#onShortened(identifier);
    return new ListTarget(identifier, kinds, fields, this.#meta, made.leftOutTags + this.#lostMeta);
  }

  /** What an event is about: parts may be empty. One of our own without a host has ours. */
  eventIdentifier(parts: IdentifierParts, isOurs: boolean): Identifier {
    const { plugin, plugin_instance, type, type_instance } = parts;
    const host = parts.host === '' && isOurs ? this.#options.hostname : parts.host;
    return cleanEventIdentifier({ host, plugin, pluginInstance: plugin_instance, type, typeInstance: type_instance });
  }

  refused(reason: RefusalReason, why: string): FieldUse & { kind: 'refused' } {
    const message = `Line ${lineName(this.#head)} is no value list: ${why}`;
    return { kind: 'refused', refusal: { reason, message } };
  }
}

/** At most: quotes and backslashes are escaped. */
function metaBytes({ name, value }: MetaData): number {
  return META_FRAME.length + name.length + value.length + (value.match(/["\\]/g)?.length ?? 0);
}

const NO_META: readonly MetaData[] = [];
const META_FRAME = ' meta:="\\"\\""';

/** The text doors take no newline. */
function cleanMeta(value: ByteString): ByteString {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
  return value.replace(/[\x00-\x1f\x7f]/g, ' ') as ByteString;
}
