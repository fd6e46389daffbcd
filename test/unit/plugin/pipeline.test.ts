import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { LineView, MeasurementQuestion, TagName } from '../../../shared/line-protocol/line-view.ts';
import { kernelWithNames, LineWay, TakingSink } from './line-way.ts';
import { ModelLine } from './model-line.ts';
import {
  look,
  NOW_MS,
  namesOf,
  type RandomPiece,
  type RandomStage,
  randomInput,
  randomStages,
} from './random-stages.ts';

/** What happens before a chunk: the clock is set, and stages may come to know something else. */
interface Moment {
  readonly nowMs: number;
  readonly changed: boolean;
}

const moment: fc.Arbitrary<Moment> = fc.record({
  nowMs: fc.constantFrom(NOW_MS, NOW_MS, NOW_MS + 1, NOW_MS - 5000, NOW_MS - 86_400_000, 0),
  changed: fc.constantFrom(false, false, true),
});
const cut = fc.record({ at: fc.nat(4000), moment });

const { kernel, names } = kernelWithNames();
const byKey = namesOf(names);

test('remembered decisions give the bytes and counts of asking every stage about every line', () => {
  let askable = 0;
  let asked = 0;
  fc.assert(
    fc.property(
      randomStages,
      randomInput,
      fc.array(cut, { minLength: 2, maxLength: 24, size: '+1' }),
      fc.boolean(),
      (stages, input, cuts, whole) => {
        const chunks = inChunks(input, cuts, whole);
        const model = throughModel(stages, input, chunks);
        const real = throughKernel(stages, chunks);
        expect(real.failures).toEqual([]);
        expect(real.text).toBe(model.text);
        expect(real.counts).toEqual(model.counts);
        expect(real.reported).toBe(model.bad);
        askable += stages.length * input.length;
        asked += real.asked;
      },
    ),
    { numRuns: 2500 },
  );
  // what is compared must be memory
  expect(asked).toBeLessThan(0.8 * askable);
});

interface Chunk {
  readonly bytes: Buffer;
  /** Where it ends in the input. */
  readonly end: number;
  readonly moment: Moment;
  /** Which of the stages' knowledge is in force. */
  readonly round: number;
}

/** Cuts the input; `whole`: at records only. */
function inChunks(
  input: readonly RandomPiece[],
  cuts: readonly { at: number; moment: Moment }[],
  whole: boolean,
): Chunk[] {
  const bytes = Buffer.from(input.map(({ text }) => text).join(''), 'latin1');
  const positions = whole
    ? input.map((_, i) => input.slice(0, i).reduce((n, { text }) => n + text.length, 0))
    : undefined;
  const sorted = cuts
    .map(({ at, moment }) => ({ at: positions ? (positions[at % positions.length] ?? 0) : at % bytes.length, moment }))
    .filter(({ at }) => at > 0 && at < bytes.length)
    .sort((a, b) => a.at - b.at);
  const starts = [{ at: 0, moment: { nowMs: NOW_MS, changed: false } }, ...sorted];
  let round = 0;
  return starts.map(({ at, moment }, i) => {
    if (moment.changed) round++;
    const end = starts[i + 1]?.at ?? bytes.length;
    return { bytes: bytes.subarray(at, end), end, moment, round };
  });
}

function throughKernel(stages: readonly RandomStage[], chunks: readonly Chunk[]) {
  let chunk = chunks[0] as Chunk;
  const sink = new TakingSink();
  const way = new LineWay(kernel, {
    stages: stages.map((stage) => (line) => look(stage, line, byKey, chunk.round)),
    sink,
    nowMs: () => chunk.moment.nowMs,
  });
  for (chunk of chunks) {
    if (chunk.moment.changed) way.memory.forget();
    way.read(chunk.bytes);
  }
  way.end();
  const counts = Object.fromEntries([...way.counts].filter(([, n]) => n > 0));
  return { text: sink.text, counts, reported: way.reported.length, asked: way.asked, failures: way.failures };
}

function throughModel(stages: readonly RandomStage[], input: readonly RandomPiece[], chunks: readonly Chunk[]) {
  let text = '';
  let bad = 0;
  const counts: Record<number, number> = {};
  let end = 0;
  for (const piece of input) {
    end += piece.text.length;
    if (piece.kind === 'bad') bad++;
    if (piece.kind !== 'record') {
      text += piece.text;
      continue;
    }
    // a record is decided when its newline has come
    const { moment, round } = chunks.find((chunk) => chunk.end >= end) as Chunk;
    let record: string | undefined = piece.text.slice(0, -1);
    let isBad = false;
    for (const stage of stages) {
      if (record === undefined) break;
      // each stage as if it were a process of its own
      const line: ModelLine = new ModelLine(record, moment.nowMs);
      look(stage, line, byKey, round);
      record = line.text;
      isBad ||= line.isBad;
      if (!line.isBad) for (const { id } of line.counted) counts[id] = (counts[id] ?? 0) + 1;
    }
    if (isBad) bad++;
    if (record !== undefined) text += `${record}\n`;
  }
  return { text, counts, bad };
}

describe('what is remembered', () => {
  const a = names.of('a');
  const longName = names.of('host_aa_t');
  const otherName = names.of('host_bb_t');
  const through = (text: string, ...stages: readonly ((line: LineView) => void)[]) => {
    const sink = new TakingSink();
    const way = new LineWay(kernel, { stages, sink, nowMs: () => NOW_MS });
    // each line comes alone: what is asked about one is known for the next
    for (const line of text.split(/(?<=\n)/)) way.readText(line);
    way.end();
    return { text: sink.text, asked: way.asked };
  };
  const inOneRead = (text: string, stage: (line: LineView) => void) => {
    const sink = new TakingSink();
    const way = new LineWay(kernel, { stages: [stage], sink, nowMs: () => NOW_MS });
    way.readText(text);
    way.end();
    return { text: sink.text, asked: way.asked };
  };
  const copyTo = (name: TagName, from: TagName) => (line: LineView) =>
    line.setTag(name, (line.tag(from) ?? 'none') as ByteString);

  test('depends on the values of named tags', () => {
    const { text, asked } = through('m,a=1 f=1\nm,a=2 f=1\nm,a=1 f=2\nm,a=2 f=2\n', copyTo(longName, a));
    expect(text).toBe('m,a=1,host_aa_t=1 f=1\nm,a=2,host_aa_t=2 f=1\nm,a=1,host_aa_t=1 f=2\nm,a=2,host_aa_t=2 f=2\n');
    expect(asked).toBe(2);
  });

  test('is given to all measurements with the same answers, also in the batch of the first of them', () => {
    const isNet: MeasurementQuestion<boolean> = { of: (measurement) => measurement.startsWith('net') };
    const { text, asked } = inOneRead('net f=1\nm f=1\nnet_x f=1\nnet f=1\nx f=1\n', (line) =>
      line.setTag(a, (line.answer(isNet) ? 'net' : 'other') as ByteString),
    );
    expect(text).toBe('net,a=net f=1\nm,a=other f=1\nnet_x,a=net f=1\nnet,a=net f=1\nx,a=other f=1\n');
    expect(asked).toBe(2);
  });

  test('is given to all measurements where none is asked for', () => {
    const { text, asked } = inOneRead('net f=1\nm f=1\nm\\ x f=1\n', (line) => line.setTag(a, '1' as ByteString));
    expect(text).toBe('net,a=1 f=1\nm,a=1 f=1\nm\\ x,a=1 f=1\n');
    expect(asked).toBe(1);
  });

  test('is not given to another measurement where its name was read, though only for some tags', () => {
    const reading = (line: LineView) =>
      line.setTag(a, line.tag(longName) === undefined ? ('none' as ByteString) : line.measurement);
    const { text } = inOneRead(
      'm f=1\nnet f=1\nm,host_aa_t=1 f=1\nnet,host_aa_t=1 f=1\nm f=2\nnet f=2\nx f=1\n',
      reading,
    );
    expect(text).toBe(
      'm,a=none f=1\nnet,a=none f=1\nm,host_aa_t=1,a=m f=1\nnet,host_aa_t=1,a=net f=1\nm,a=none f=2\nnet,a=none f=2\nx,a=none f=1\n',
    );
  });

  test('a question that comes later cuts what was one group', () => {
    const length: MeasurementQuestion<number> = { of: (measurement) => measurement.length };
    const late = (line: LineView) =>
      line.setTag(a, (line.tag(longName) === undefined ? 'none' : `${line.answer(length)}`) as ByteString);
    const { text } = inOneRead(
      'm f=1\nnet f=1\nm,host_aa_t=1 f=1\nnet,host_aa_t=1 f=1\nx,host_aa_t=1 f=1\nnet f=2\n',
      late,
    );
    expect(text).toBe(
      'm,a=none f=1\nnet,a=none f=1\nm,host_aa_t=1,a=1 f=1\nnet,host_aa_t=1,a=3 f=1\nx,host_aa_t=1,a=1 f=1\nnet,a=none f=2\n',
    );
  });

  test('more measurements than are known are remembered by their names', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `m${i % 1500}_${'x'.repeat((i % 1500) % 120)} f=1\n`).join('');
    let questioned = 0;
    const length: MeasurementQuestion<number> = {
      of(measurement) {
        questioned++;
        return measurement.length;
      },
    };
    const { text, asked } = inOneRead(many, (line) => line.setTag(a, String(line.answer(length)) as ByteString));
    expect(text).toBe(many.replace(/^(\S+)/gm, (name) => `${name},a=${name.length}`));
    // once for each measurement, not again in the second half
    expect(questioned).toBeLessThanOrEqual(1500);
    expect(asked).toBeLessThan(800);
  });

  test('a question anew for each line loses only time', () => {
    const lines = Array.from({ length: 600 }, (_, i) => `m${'x'.repeat(i % 60)} f=1\n`).join('');
    const { text } = inOneRead(lines, (line) =>
      line.setTag(a, String(line.answer({ of: (measurement) => measurement.length })) as ByteString),
    );
    expect(text).toBe(lines.replace(/^(\S+)/gm, (name) => `${name},a=${name.length}`));
  });

  test('a question that throws fails the stage that asks it, on the lines about which it throws', () => {
    const lengthUnlessBad: MeasurementQuestion<number> = {
      of(measurement) {
        if (measurement.startsWith('bad')) throw new Error('a bug');
        return measurement.length;
      },
    };
    const sink = new TakingSink();
    const way = new LineWay(kernel, {
      stages: [
        (line) => {
          if (line.tag(longName) === undefined) line.setTag(a, String(line.answer(lengthUnlessBad)) as ByteString);
        },
      ],
      sink,
    });
    // the first four are there when it is asked for the first time
    way.readText('bad,host_aa_t=1 f=1\nmm,host_aa_t=1 f=1\nmmm,host_aa_t=1 f=1\nm f=1\n');
    way.readText('mm f=1\nmmm f=1\nbad f=1\nbad_too f=1\nm f=2\n');
    way.end();
    expect(sink.text).toBe(
      'bad,host_aa_t=1 f=1\nmm,host_aa_t=1 f=1\nmmm,host_aa_t=1 f=1\nm,a=1 f=1\nmm,a=2 f=1\nmmm,a=3 f=1\nbad f=1\nbad_too f=1\nm,a=1 f=2\n',
    );
    expect(way.failures).toHaveLength(2);
  });

  test('names of the same length, with the same first and last byte, are different names', () => {
    const { text } = through('m,host_aa_t=1 f=1\nm,host_bb_t=1 f=1\nm,host_cc_t=1 f=1\n', copyTo(a, otherName));
    expect(text).toBe('m,host_aa_t=1,a=none f=1\nm,host_bb_t=1,a=1 f=1\nm,host_cc_t=1,a=none f=1\n');
  });

  test('is asked anew where a stage read a field', () => {
    const { text, asked } = through('m f=1\nm f=2\nm f=3\n', (line) => {
      if (line.field('f' as ByteString)?.value === 2) line.drop();
    });
    expect(text).toBe('m f=1\nm f=3\n');
    expect(asked).toBe(3);
  });

  test('is not given to a malformed head that has the same named tags', () => {
    const sink = new TakingSink();
    const way = new LineWay(kernel, { stages: [copyTo(longName, a)], sink, nowMs: () => NOW_MS });
    // short heads are looked at in one go where enough has come
    const read = (line: string) => way.readText(`${line} f=1\nn f=${'1'.repeat(80)}\n`);
    read('m,a=1');
    const malformed = [
      '',
      'b',
      '=2',
      'b=',
      'b=2=3',
      'b=2=3=4',
      'b=2,',
      'b=2,c',
      'b=2,=',
      'b=,c=3',
      'b=2\\\t3',
      'b=2\r',
    ];
    for (const tag of malformed) read(`m,a=1,${tag}`);
    for (const tag of malformed) read(`m,${tag},a=1`);
    for (const head of ['m,a=1=1', 'm,a=1=1=1', ',a=1', 'm,,a=1']) read(head);
    way.end();
    expect(way.reported).toHaveLength(2 * malformed.length + 4);
    expect(way.asked).toBe(2);
  });

  test('is not given to a head that looks like it only up to its end', () => {
    const { text } = through('m,a=1 f=1\nm,a=1\\ x f=1\nm,a=1 f=1\nm,a=11 f=1\nm,a=1\n', copyTo(longName, a));
    expect(text).toBe(
      'm,a=1,host_aa_t=1 f=1\nm,a=1\\ x,host_aa_t=1\\ x f=1\nm,a=1,host_aa_t=1 f=1\nm,a=11,host_aa_t=11 f=1\nm,a=1\n',
    );
  });

  test('a tag that is asked for by a name of later counts when it was said that things changed', () => {
    const own = kernelWithNames();
    const sink = new TakingSink();
    let late: TagName | undefined;
    const stage = (line: LineView) => line.setTag(first, (late && line.tag(late)) ?? ('none' as ByteString));
    const first = own.names.of('first');
    const way = new LineWay(own.kernel, { stages: [stage], sink });
    way.readText('m,late=1 f=1\nm,late=2 f=1\n');
    late = own.names.of('late');
    way.memory.forget();
    for (let i = 0; i < 2; i++) for (const value of [1, 2]) way.readText(`m,late=${value} f=1\n`);
    way.end();
    const second = 'm,late=1,first=1 f=1\nm,late=2,first=2 f=1\n';
    expect(sink.text).toBe(`m,late=1,first=none f=1\nm,late=2,first=none f=1\n${second}${second}`);
    // the first two are alike as long as nobody asks for the tag
    expect(way.asked).toBe(3);
  });

  test('a stage that throws is left out, and asked again for the next line', () => {
    const sink = new TakingSink();
    let thrown = 0;
    const throwing = (line: LineView) => {
      line.setTag(a, 'wrong' as ByteString);
      line.count({ id: 7 });
      if (thrown++ < 2) throw new Error('a bug');
    };
    const way = new LineWay(kernel, { stages: [copyTo(longName, a), throwing, copyTo(otherName, a)], sink });
    for (let n = 0; n < 3; n++) way.readText('m f=1\n');
    way.end();
    const passed = 'm,host_aa_t=none,host_bb_t=none f=1\n';
    expect(sink.text).toBe(`${passed}${passed}m,host_aa_t=none,a=wrong,host_bb_t=wrong f=1\n`);
    expect(way.failures).toHaveLength(2);
    expect(way.counts.get(7)).toBe(1);
  });
});

describe('an answer with a time', () => {
  const a = names.of('a');
  /** Names the interval of the line's time between these edges, and says how long that is right. */
  const interval =
    (...edges: readonly number[]) =>
    (line: LineView) => {
      const { timeMs } = line;
      const passed = edges.filter((edge) => edge <= timeMs).length;
      line.holds(edges[passed - 1] ?? Number.NEGATIVE_INFINITY, edges[passed] ?? Number.POSITIVE_INFINITY);
      line.setTag(a, String(passed) as ByteString);
    };
  /** What each of the lines is given, with its own clock, and how often the stage was asked. */
  const given = (stage: (line: LineView) => void, ...lines: readonly (readonly [time: string, nowMs?: number])[]) => {
    const sink = new TakingSink();
    let now = NOW_MS;
    const way = new LineWay(kernel, { stages: [stage], sink, nowMs: () => now });
    for (const [time, nowMs = NOW_MS] of lines) {
      now = nowMs;
      way.readText(`m f=1${time}\n`);
    }
    way.end();
    const tags = [...sink.text.matchAll(/^m,a=(\d) f=1/gm)].map(([, tag]) => Number(tag));
    return { tags, asked: way.asked };
  };
  const ns = (ms: number, more = 0) => ` ${BigInt(ms) * 1_000_000n + BigInt(more)}`;

  test('is right from its first millisecond to before its last', () => {
    expect(
      given(
        interval(1000, 2000),
        [ns(1000)],
        [ns(1000)],
        [ns(1999, 999_999)],
        [ns(1500)],
        [ns(2000)],
        [ns(1999, 999_999)],
        [ns(999, 999_999)],
      ),
    ).toEqual({ tags: [1, 1, 1, 1, 2, 1, 0], asked: 4 });
  });

  test('before 1970 milliseconds begin at full ones, too', () => {
    expect(given(interval(-1, 0), [ns(0, -1)], [ns(-1)], [ns(-1, -1)], [ns(0)])).toEqual({
      tags: [1, 1, 0, 2],
      asked: 3,
    });
  });

  test('a line without a time has that of the clock, wherever the clock goes', () => {
    const edge = NOW_MS;
    expect(
      given(
        interval(edge),
        ['', edge - 1],
        ['', edge - 1],
        ['', edge],
        ['', edge + 86_400_000],
        ['', edge - 86_400_000],
      ),
    ).toEqual({ tags: [0, 0, 1, 1, 0], asked: 3 });
  });

  test('a time more than 5 s ahead of the clock is now', () => {
    const edge = NOW_MS + 1;
    expect(
      given(interval(edge), [ns(NOW_MS + 5000)], [ns(NOW_MS + 5000, 999_999)], [ns(NOW_MS + 5001)], [ns(edge), edge]),
    ).toEqual({
      tags: [1, 1, 0, 1],
      asked: 3,
    });
  });

  test('is that of what ends like one only where it is one', () => {
    // 0: before 1970, 1: before July 2017, 2: now
    const check = (line: string, expected: number) => {
      const sink = new TakingSink();
      const way = new LineWay(kernel, { stages: [interval(0, 1_500_000_000_000)], sink, nowMs: () => NOW_MS });
      way.readText(`${line}\n`);
      way.end();
      expect(Number(/^m,a=(\d)/.exec(sink.text)?.[1]), line).toBe(expected);
    };

    check('m f=1 1400000000000000000', 1);
    check('m f=1  1400000000000000000', 1);
    check('m f=1\t1400000000000000000', 1);
    check('m f=1 1400000000000000000 \r', 1);
    check('m f=1 -1400000000000000000', 0);
    check('m f=1 140000000000000000', 1);
    // the field set itself
    check('m 1400000000000000000', 2);
    check('m   1400000000000000000', 2);
    check('m f=1400000000000000000', 2);
    check('m f=-1400000000000000000', 2);
    check('m s="x 140",ggggg=12345678', 2);
    check('m s="x 14"1234567812345678', 2);
    check('m s="x 1400000",g=12345678', 2);
  });

  test('is read in the unit of the input', () => {
    const sink = new TakingSink();
    const way = new LineWay(kernel, { stages: [interval(NOW_MS)], sink, nowMs: () => NOW_MS });
    kernel.setPrecision(1_000n);
    // of nanoseconds it would be in 2014; of microseconds it is far ahead, so now
    way.readText('m f=1 1400000000000000000\n');
    kernel.setPrecision(1n);
    way.end();
    expect(sink.text).toBe('m,a=1 f=1 1400000000000000000\n');
  });

  test('a time that does not fit into 64 bits is none', () => {
    const times = [' 9223372036854775807', ' 9223372036854775808', ' -9223372036854775808', ' -9223372036854775809'];
    // the largest is too far ahead
    expect(given(interval(0, NOW_MS, NOW_MS + 1), ...times.map((time): [string] => [time])).tags).toEqual([2, 2, 0, 2]);
  });

  test('of two stages is right while both are', () => {
    const both = (line: LineView) => {
      interval(1000)(line);
      interval(2000)(line);
    };
    expect(given(both, [ns(500)], [ns(1500)], [ns(2500)], [ns(1500)], [ns(500)]).tags).toEqual([0, 0, 1, 0, 0]);
    expect(given(both, [ns(500)], [ns(999)], [ns(1000)], [ns(1999)], [ns(2000)], [ns(2000)]).asked).toBe(3);
  });
});

describe('a record that comes in pieces', () => {
  const a = names.of('a');
  const tagAll = (line: LineView) => line.setTag(a, '1' as ByteString);
  const tagged = (chunks: readonly string[]) => {
    const sink = new TakingSink();
    const way = new LineWay(kernel, { stages: [tagAll], sink });
    for (const chunk of chunks) way.readText(chunk);
    way.end();
    return sink.text;
  };

  test('a newline in a string that ends a chunk ends no line', () => {
    const before = 'm f="x" 1\nm f="y',
      after = '\nz" 2\nm f=3\n';
    expect(tagged([before, after])).toBe('m,a=1 f="x" 1\nm,a=1 f="y\nz" 2\nm,a=1 f=3\n');
    expect(tagged([`${before}\n`, after.slice(1)])).toBe('m,a=1 f="x" 1\nm,a=1 f="y\nz" 2\nm,a=1 f=3\n');
  });

  test('wherever it is cut, whatever came before', () => {
    const text = 'm f=1\nm,b=2 s="x\n\\"y",t="\n" 5\r\n# c"\n\nm,b=2 f=1\n';
    const expected = 'm,a=1 f=1\nm,b=2,a=1 s="x\n\\"y",t="\n" 5\r\n# c"\n\nm,b=2,a=1 f=1\n';
    for (let i = 0; i <= text.length; i++) {
      for (let k = i; k <= text.length; k++) {
        expect(tagged([text.slice(0, i), text.slice(i, k), text.slice(k)]), `${i}, ${k}`).toBe(expected);
      }
    }
  });
});

describe('malformed records', () => {
  const a = names.of('a');
  const run = (options: { validate?: 'full'; invalidLines?: 'drop' }, ...chunks: readonly string[]) => {
    const sink = new TakingSink();
    const stages = [(line: LineView) => line.setTag(a, '1' as ByteString)];
    const way = new LineWay(kernel, { stages, sink, ...options });
    for (const chunk of chunks) way.readText(chunk);
    way.end();
    return { text: sink.text, reported: way.reported.map(({ code, record, column }) => `${code} ${record}:${column}`) };
  };

  test('pass as they came, or are dropped; each is reported with its number and column', () => {
    const chunks = ['m f=1\n# c\n\nm,b f=1\n', 'm f=2\n  ,b=1 f=1\n', 'm\nm f=3\n'];
    const reported = ['bad_tag 2:4', 'no_measurement 4:3', 'no_fields 5:2'];
    expect(run({}, ...chunks)).toEqual({
      text: 'm,a=1 f=1\n# c\n\nm,b f=1\nm,a=1 f=2\n  ,b=1 f=1\nm\nm,a=1 f=3\n',
      reported,
    });
    expect(run({ invalidLines: 'drop' }, ...chunks)).toEqual({
      text: 'm,a=1 f=1\n# c\n\nm,a=1 f=2\nm,a=1 f=3\n',
      reported,
    });
  });

  test('mistakes in fields are seen where everything is checked', () => {
    const chunks = ['m f=1\n', 'm f=x\n', 'm f=1 x\n', 'm f=1\n', 'm f=\n'];
    expect(run({}, ...chunks).reported).toEqual([]);
    expect(run({ validate: 'full' }, ...chunks)).toEqual({
      text: 'm,a=1 f=1\nm f=x\nm f=1 x\nm,a=1 f=1\nm f=\n',
      reported: ['bad_field_value 2:5', 'bad_timestamp 3:7', 'bad_field_value 5:5'],
    });
    expect(run({ validate: 'full', invalidLines: 'drop' }, chunks.join('')).text).toBe('m,a=1 f=1\nm,a=1 f=1\n');
  });
});
