/**
 * A slow and obvious topology tagger, to compare the output of the real one with. It knows well-formed lines only: what
 * W1–W3 and real Telegraf lines hold. Written from the rules, not from the plugin: what ends a measurement, a tag and a
 * string, as Telegraf's own parser reads them, and which key decides (exact to weak, then the configured ones).
 */

/** A tag whose value may identify something. */
export interface KeyRule {
  /** Only in lines of this measurement. */
  measurement?: RegExp;
  tag: string;
  kind: 'if' | 'dom';
}

/** Those of the plugin's own rules that can hit in W1–W3, exact ones first; then the benchmark's configured keys. */
export const RULES: readonly KeyRule[] = [
  { measurement: /^net$/, tag: 'interface', kind: 'if' },
  { tag: 'type_instance', kind: 'if' },
  { tag: 'host', kind: 'dom' },
];

interface Part {
  from: number;
  to: number;
}

interface Tag {
  key: string;
  value: string;
}

const [TAB, NEWLINE, RETURN, BLANK, QUOTE, HASH, COMMA, EQUALS, BACKSLASH] = [9, 10, 13, 32, 34, 35, 44, 61, 92];

/** Names are compared and written as bytes, one character each: nothing is decoded that could not be encoded again. */
const text = (bytes: Buffer, { from, to }: Part) => bytes.toString('latin1', from, to);
const isBlank = (byte: number | undefined) => byte === BLANK || byte === TAB;
const unescaped = (tagPart: string) => tagPart.replace(/\\([ ,=])/g, '$1');
const escaped = (tagPart: string) => tagPart.replace(/[ ,=]/g, '\\$&');

/** In a measurement and in a field key backslashes pair: an odd number of them escapes. */
function endOfName(bytes: Buffer, from: number, ends: (byte: number | undefined) => boolean): number {
  let at = from;
  while (at < bytes.length && !ends(bytes[at])) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** In a tag only the byte just before decides. */
function endOfTagPart(bytes: Buffer, from: number, ends: (byte: number | undefined) => boolean): number {
  let at = from;
  while (at < bytes.length && (!ends(bytes[at]) || bytes[at - 1] === BACKSLASH)) at++;
  return at;
}

/** The line's end: its newline, or the end of the input. Newlines in strings do not count. */
function endOfLine(bytes: Buffer, headEnd: number): number {
  let at = headEnd;
  while (isBlank(bytes[at])) at++;
  for (;;) {
    at = endOfName(bytes, at, (byte) => byte === EQUALS) + 1;
    if (bytes[at] === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
      at++;
    }
    while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== NEWLINE && !isBlank(bytes[at])) at++;
    if (bytes[at] !== COMMA) break;
    at++;
  }
  while (at < bytes.length && bytes[at] !== NEWLINE) at++;
  return at;
}

/** Measurement and tags as they stand in the line. */
function readHead(bytes: Buffer, from: number): { measurement: string; tags: Tag[]; end: number } {
  const endsPart = (byte: number | undefined) => byte === COMMA || isBlank(byte);
  let at = endOfName(bytes, from, endsPart);
  const measurement = text(bytes, { from, to: at });
  const tags: Tag[] = [];
  while (bytes[at] === COMMA) {
    const equals = endOfTagPart(bytes, at + 1, (byte) => byte === EQUALS);
    const end = endOfTagPart(bytes, equals + 1, endsPart);
    tags.push({ key: text(bytes, { from: at + 1, to: equals }), value: text(bytes, { from: equals + 1, to: end }) });
    at = end;
  }
  return { measurement, tags, end: at };
}

/** Sets a tag in place at its last occurrence and removes earlier ones; a new tag goes to the end. */
function setTag(tags: readonly Tag[], key: string, value: string): Tag[] {
  const last = tags.findLastIndex((tag) => tag.key === key);
  if (last < 0) return [...tags, { key, value }];
  return tags.flatMap((tag, i) => (tag.key !== key ? [tag] : i === last ? [{ key, value }] : []));
}

/** The snapshot's tags for an identity such as `dom:node-1/instance-00002000`. */
export type Topology = (key: string) => Tag[] | undefined;

/** Reads a snapshot whose links are all valid at any time of the workloads. */
export function topologyOf(snapshotJson: string): Topology {
  const { entities, links } = JSON.parse(snapshotJson) as {
    entities: { kind: string; id: string; attrs: Record<string, string> }[];
    links: { key: string; kind: string; id: string }[];
  };
  const targets = new Map(links.map(({ key, kind, id }) => [`${kind} ${key}`, id]));
  const vms = new Map(entities.filter(({ kind }) => kind === 'vm').map((entity) => [entity.id, entity]));
  const target = (key: string, kind: string) => targets.get(`${kind} ${key}`);
  const known = new Map<string, Tag[] | undefined>();
  const latin1 = (value: string) => Buffer.from(value).toString('latin1');

  function resolve(key: string): Tag[] | undefined {
    const port = target(key, 'port');
    const vm = target(port === undefined ? key : `port:${port}`, 'vm');
    const entity = vm === undefined ? undefined : vms.get(vm);
    if (!entity) return undefined;
    const { name = '', project_id = '' } = entity.attrs;
    const values = { vm_id: entity.id, vm_name: name, project_id };
    return Object.entries(values).map(([tag, value]) => ({ key: tag, value: latin1(escaped(value)) }));
  }
  return (key) => {
    if (!known.has(key)) known.set(key, resolve(key));
    return known.get(key);
  };
}

/** The tagged lines, piece by piece. */
export function* tagged(bytes: Buffer, topology: Topology, node: string, rules = RULES): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    while (isBlank(bytes[at])) at++;
    if (bytes[at] === HASH || bytes[at] === NEWLINE || bytes[at] === RETURN || at === bytes.length) {
      while (at < bytes.length && bytes[at] !== NEWLINE) at++;
      yield bytes.subarray(start, ++at);
      continue;
    }
    const { measurement, tags, end } = readHead(bytes, at);
    let result: Tag[] = tags;
    for (const rule of rules) {
      const value = tags.findLast((tag) => tag.key === rule.tag)?.value;
      if (value === undefined || rule.measurement?.test(measurement) === false) continue;
      const name = Buffer.from(unescaped(value), 'latin1').toString();
      const found = topology(`${rule.kind}:${node}/${name}`);
      if (!found) continue;
      for (const tag of found) result = setTag(result, tag.key, tag.value);
      break;
    }
    yield bytes.subarray(start, at);
    yield Buffer.from([measurement, ...result.map(({ key, value }) => `${key}=${value}`)].join(','), 'latin1');
    at = endOfLine(bytes, end) + 1;
    yield bytes.subarray(end, at);
    // A last line without its newline gets one.
    if (at > bytes.length) yield Buffer.from('\n');
  }
}
