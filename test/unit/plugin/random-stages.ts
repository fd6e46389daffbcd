import fc from 'fast-check';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { LineView, MeasurementQuestion, TagName, TagNames } from '../../../shared/line-protocol/line-view.ts';

/** Keys that stages ask about. Two of them have the same length and the same bytes at both ends. */
const KEYS = ['a', 'b =é', 'host_aa_t', 'host_bb_t'];
const MEASUREMENTS = ['m', 'net', 'm x', 'm,y'];
const VALUES = ['', '1', '2', 'v w', 'a,b=c', 'x'.repeat(300)];

/** Moments at which answers change, in milliseconds: before 1970, at it, now, and at the edge of what is too far ahead of a clock at NOW_MS. */
export const NOW_MS = 1_795_259_876_000;
export const EDGES_MS = [-86_400_000, 0, 1, NOW_MS - 1000, NOW_MS, NOW_MS + 1, NOW_MS + 5000, NOW_MS + 5001];

/** What a stage looks at. */
type Condition =
  | { readonly is: 'measurement'; readonly value: string }
  | { readonly is: 'answer'; readonly question: MeasurementQuestion<unknown>; readonly answer: unknown }
  | { readonly is: 'tag'; readonly key: string; readonly value: string | undefined }
  | { readonly is: 'twice'; readonly key: string }
  | { readonly is: 'time'; readonly edges: readonly number[]; readonly odd: boolean }
  | { readonly is: 'field'; readonly key: string; readonly value: string | undefined }
  | { readonly is: 'round'; readonly odd: boolean };

/** What it does. */
type Action =
  | { readonly set: string; readonly to: string }
  | { readonly remove: string }
  | { readonly rename: string; readonly to: string }
  | { readonly field: string; readonly to: string }
  | { readonly count: number }
  | { readonly drop: true };

interface Rule {
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
}

export interface RandomStage {
  readonly rules: readonly Rule[];
  /** Besides, the parity of the time is counted, without saying for how long that is right. */
  readonly countsTimes: boolean;
}

const LONG_NAME = { is: 'an object' };
/** A question of its own each, of a few with the same answers. */
const asking = fc.oneof(
  fc.constantFrom('m', 'n').map((start) => ({ of: (name: ByteString) => name.startsWith(start), answer: true })),
  fc.constantFrom(1, 3).map((length) => ({ of: (name: ByteString) => name.length, answer: length })),
  fc.constant({ of: (name: ByteString) => (name.length > 1 ? LONG_NAME : undefined), answer: LONG_NAME }),
);

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom(...MEASUREMENTS).map((value) => ({ is: 'measurement' as const, value })),
  asking.map(({ of, answer }) => ({ is: 'answer' as const, question: { of } as MeasurementQuestion<unknown>, answer })),
  fc.record({ is: fc.constant('tag' as const), key, value: fc.constantFrom('1', '2', 'v w', undefined) }),
  fc.record({ is: fc.constant('twice' as const), key }),
  fc.record({
    is: fc.constant('time' as const),
    edges: fc.subarray(EDGES_MS),
    odd: fc.boolean(),
  }),
  fc.record({
    is: fc.constant('field' as const),
    key: fc.constantFrom('f', 'g', 'new'),
    value: fc.option(fc.constantFrom('1', 'true', 'x\ny'), { nil: undefined }),
  }),
  fc.boolean().map((odd) => ({ is: 'round' as const, odd })),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ set: key, to: value }) },
  { weight: 1, arbitrary: fc.record({ remove: key }) },
  { weight: 1, arbitrary: fc.record({ rename: key, to: key }) },
  { weight: 1, arbitrary: fc.record({ field: fc.constantFrom('g', 'new', 'n w'), to: fc.constantFrom('7i', '8i') }) },
  { weight: 2, arbitrary: fc.record({ count: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ drop: true as const }) },
);
const rule = fc.record({
  conditions: fc.array(condition, { maxLength: 2 }),
  actions: fc.array(action, { minLength: 1, maxLength: 3 }),
});

/** A chain of stages. */
export const randomStages: fc.Arbitrary<RandomStage[]> = fc.array(
  fc.record({
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    countsTimes: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 3 },
);

/** All tag names that such stages ask for. */
export function namesOf(names: TagNames): ReadonlyMap<string, TagName> {
  return new Map(KEYS.map((each) => [each, names.of(each)]));
}

/** Lets the stage look at a line. What it knows changes from one round to the next. */
export function look(stage: RandomStage, line: LineView, names: ReadonlyMap<string, TagName>, round: number): void {
  for (const { conditions, actions } of stage.rules) {
    if (conditions.every((each) => holdsFor(each, line, names, round)))
      for (const each of actions) act(each, line, names);
  }
  if (stage.countsTimes) line.count({ id: line.timeMs % 2 === 0 ? 4 : 5 });
}

function holdsFor(condition: Condition, line: LineView, names: ReadonlyMap<string, TagName>, round: number): boolean {
  switch (condition.is) {
    case 'measurement':
      return line.measurement === condition.value;
    case 'answer':
      return line.answer(condition.question) === condition.answer;
    case 'tag': {
      const found = line.tag(nameOf(names, condition.key));
      return condition.value === undefined ? found !== undefined : found === toByteString(condition.value);
    }
    case 'twice':
      return line.tagCount(nameOf(names, condition.key)) > 1;
    case 'time': {
      const { timeMs } = line;
      const passed = condition.edges.filter((edge) => edge <= timeMs).length;
      line.holds(
        condition.edges[passed - 1] ?? Number.NEGATIVE_INFINITY,
        condition.edges[passed] ?? Number.POSITIVE_INFINITY,
      );
      return (passed % 2 === 1) === condition.odd;
    }
    case 'field': {
      const found = line.field(condition.key as ByteString);
      return condition.value === undefined ? found !== undefined : String(found?.value) === condition.value;
    }
    case 'round':
      return (round % 2 === 1) === condition.odd;
  }
}

function act(action: Action, line: LineView, names: ReadonlyMap<string, TagName>): void {
  if ('set' in action) line.setTag(nameOf(names, action.set), toByteString(action.to));
  else if ('remove' in action) line.removeTag(nameOf(names, action.remove));
  else if ('rename' in action) line.renameTag(nameOf(names, action.rename), nameOf(names, action.to));
  else if ('field' in action) line.addField(action.field as ByteString, action.to as ByteString);
  else if ('count' in action) line.count({ id: action.count });
  else line.drop();
}

function nameOf(names: ReadonlyMap<string, TagName>, key: string): TagName {
  return names.get(key) as TagName;
}

/** A part of the input, with its newline. */
export interface RandomPiece {
  readonly text: string;
  /** `record`: stages look at it. `bad`: its head cannot be read. `aside`: a comment or blank line. */
  readonly kind: 'record' | 'bad' | 'aside';
}

const rawKey = fc.constantFrom('a', 'b\\ \\=\xc3\xa9', 'host_aa_t', 'host_bb_t', 'host_ab_t', 'other');
const rawValue = fc.constantFrom('1', '2', 'v\\ w', 'a\\,b\\=c', '\\"\xff');
const measurement = fc.constantFrom('m', 'net', 'm\\ x', ' m', '\tm\\,y', 'm\\\\');
/** Heads of one kind: few measurements, keys and values in all combinations. */
const heads = fc
  .tuple(
    fc.array(measurement, { minLength: 1, maxLength: 2 }),
    fc.array(rawKey, { minLength: 1, maxLength: 3 }),
    fc.array(rawValue, { minLength: 1, maxLength: 3 }),
  )
  .chain(([measurements, keys, values]) => {
    const tag = fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)).map(([k, v]) => `,${k}=${v}`);
    const head = fc
      .tuple(fc.constantFrom(...measurements), fc.array(tag, { maxLength: 3 }))
      .map(([name, tags]) => name + tags.join(''));
    return fc.array(head, { minLength: 1, maxLength: 8 });
  });
const fields = fc.constantFrom(
  ...['f=1', 'f=1,g=2i', 's="x\ny",f=1', 'f="x\ny"', 'g=t,f=true', 's="a, b=\\"c 5",f=1', 'f=1,f=2'],
  ...['f=1x', '=1', 'f', 'f=1,', 's="x"y'],
);
const time = fc
  .tuple(fc.constantFrom(...EDGES_MS), fc.constantFrom(-1n, 0n, 1n, 999_999n))
  .map(([ms, ns]) => ` ${BigInt(ms) * 1_000_000n + ns}`);
const afterFields = fc.oneof(time, fc.constantFrom('', ' ', ' 99999999999999999999', '  17 '));
const rest = fc
  .tuple(fc.constantFrom(' ', '\t', '  '), fields, afterFields, fc.constantFrom('\n', '\r\n'))
  .map((parts) => parts.join(''));
const other = fc.constantFrom<RandomPiece>(
  { text: 'm,a f=1 1\n', kind: 'bad' },
  { text: ',a=1 f=1\n', kind: 'bad' },
  { text: 'm,a=1\n', kind: 'bad' },
  { text: 'm,a=1=2 f=1\n', kind: 'bad' },
  { text: '# a comment " of m f="\n', kind: 'aside' },
  { text: '\n', kind: 'aside' },
  { text: ' \r\n', kind: 'aside' },
);

/** An input of a few kinds of lines that come again and again, at other times. */
export const randomInput: fc.Arbitrary<RandomPiece[]> = fc
  .tuple(
    heads,
    fc.array(rest, { minLength: 1, maxLength: 3 }),
    fc.array(other, { maxLength: 2 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), time), { maxLength: 60, size: '+1' }),
  )
  .map(([someHeads, rests, others, order]) =>
    order.map(([n, k, at]): RandomPiece => {
      const i = n % (someHeads.length + others.length);
      if (i >= someHeads.length) return others[i - someHeads.length] as RandomPiece;
      const behind = rests[k % rests.length] as string;
      return { text: `${someHeads[i]}${behind.replace(/ -?\d{1,19}(?=\r?\n$)/, at)}`, kind: 'record' };
    }),
  );
