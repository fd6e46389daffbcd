import { describe, expect, test } from 'vitest';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { DECISION_SIZE, HEAD_POOL, MAX_ROWS } from '../../../shared/line-protocol/kernel/layout.ts';
import { READ_SIZE } from '../../../shared/line-protocol/kernel.ts';
import type { LineView, TagName } from '../../../shared/line-protocol/line-view.ts';
import { CountingSink, kernelWithNames, LineWay, TakingSink } from './line-way.ts';

const { kernel, names } = kernelWithNames();
const id = names.of('id');
const added = names.of('added');

/** Adds what the tag `id` says. */
const addId = (line: LineView) => {
  const value = line.tag(id);
  if (value !== undefined) line.setTag(added, `of-${value}` as ByteString);
};

/** The numbers from 0 on, each n times. */
function numbers(count: number, times = 1): number[] {
  return Array.from({ length: count * times }, (_, i) => i % count);
}

function through(stage: (line: LineView) => void, lines: readonly string[], validate?: 'full') {
  const sink = new TakingSink();
  const way = new LineWay(kernel, { stages: [stage], sink, ...(validate && { validate }) });
  way.readText(lines.join(''));
  way.end();
  return { way, text: sink.text };
}

/** Compares without printing megabytes. */
function expectSame(text: string, expected: string): void {
  if (text === expected) return;
  const at = Array.from(expected).findIndex((c, i) => c !== text[i]);
  expect(text.slice(Math.max(0, at - 100), at + 100)).toBe(expected.slice(Math.max(0, at - 100), at + 100));
  expect(text.length).toBe(expected.length);
}

describe('more kinds of lines than are remembered', () => {
  test('100,000 heads of 100,000 signatures, three times over', () => {
    const ns = numbers(100_000, 3);
    const { way, text } = through(
      addId,
      ns.map((n) => `m,id=${n} f=1\n`),
    );
    expectSame(text, ns.map((n) => `m,id=${n},added=of-${n} f=1\n`).join(''));
    expect(way.asked).toBeLessThanOrEqual(300_000);
  });

  test('100,000 heads of one signature: asked once for a chunk', () => {
    const ns = numbers(100_000, 2);
    const { way, text } = through(
      addId,
      ns.map((n) => `m,id=1,other=${n} f=1\n`),
    );
    expectSame(text, ns.map((n) => `m,id=1,other=${n},added=of-1 f=1\n`).join(''));
    expect(way.asked).toBeLessThan(READ_SIZE / 20);
  });

  test('new heads, which are remembered one by one', () => {
    const replace = (line: LineView) => line.setTag(id, 'new' as ByteString);
    const ns = numbers(60_000, 2);
    const { text } = through(
      replace,
      ns.map((n) => `m,id=1,other=${n} f=1\n`),
    );
    expectSame(text, ns.map((n) => `m,id=new,other=${n} f=1\n`).join(''));
  });

  test('more bytes to insert than there is room for', () => {
    const addMuch = (line: LineView) => line.setTag(added, `${line.tag(id)}-${'x'.repeat(1000)}` as ByteString);
    const ns = numbers(6000, 2);
    const { text } = through(
      addMuch,
      ns.map((n) => `m,id=${n} f=1\n`),
    );
    expectSame(text, ns.map((n) => `m,id=${n},added=${n}-${'x'.repeat(1000)} f=1\n`).join(''));
  });

  test('signatures for which nothing is done', () => {
    const { way, text } = through(
      (line) => void line.tag(id),
      numbers(100_000, 2).map((n) => `m,id=${n} f=1\n`),
    );
    expectSame(
      text,
      numbers(100_000, 2)
        .map((n) => `m,id=${n} f=1\n`)
        .join(''),
    );
    expect(way.asked).toBeLessThanOrEqual(200_000);
  });

  test('heads of more bytes than there is room for', () => {
    // a new kernel: in the other one heads may rest
    const own = kernelWithNames();
    const [ownId, ownAdded] = [own.names.of('id'), own.names.of('added')];
    const sink = new TakingSink();
    const stage = (line: LineView) => line.setTag(ownAdded, `of-${line.tag(ownId)}` as ByteString);
    const way = new LineWay(own.kernel, { stages: [stage], sink });
    const long = 'x'.repeat(2000);
    const ns = numbers(8000);
    way.readText(ns.map((n) => `m,id=1,long=${long},other=${n} f=1\nm,id=${n % 5} f=1\n`).join(''));
    way.end();
    expectSame(
      sink.text,
      ns.map((n) => `m,id=1,long=${long},other=${n},added=of-1 f=1\nm,id=${n % 5},added=of-${n % 5} f=1\n`).join(''),
    );
  });

  test('what comes afterwards is remembered again', () => {
    const addMuch = (line: LineView) => line.setTag(added, `${line.tag(id)}-${'x'.repeat(1000)}` as ByteString);
    const { way } = through(
      addMuch,
      numbers(6000).map((n) => `m,id=${n} f=1\n`),
    );
    const before = way.asked;
    for (let i = 0; i < 100; i++) way.readText('m,id=new f=1\n');
    expect(way.asked - before).toBeLessThan(4);
  });

  test('10,000 counters, each exact', () => {
    const ns = numbers(10_000, 5);
    const { way } = through(
      (line) => {
        const n = Number(line.tag(id));
        line.count({ id: n });
        if (n % 2 === 0) line.count({ id: 20_000 });
      },
      ns.map((n) => `m,id=${n} f=1\n`),
    );
    for (const n of numbers(10_000)) if (way.counts.get(n) !== 5) expect(way.counts.get(n), `counter ${n}`).toBe(5);
    expect(way.counts.get(20_000)).toBe(25_000);
  });
});

describe('more in one chunk than a batch holds', () => {
  test('records', () => {
    const lines = Array.from({ length: 16_000 }, () => 'm f=1\n');
    const counting = (line: LineView) => {
      line.count({ id: 1 });
      line.setTag(added, '1' as ByteString);
    };
    const { way, text } = through(counting, lines);
    expectSame(text, 'm,added=1 f=1\n'.repeat(16_000));
    expect(way.counts.get(1)).toBe(16_000);
    expect(way.pipeline.records).toBe(16_000);
  });

  test('of comments and blank lines', () => {
    const text = '\n#\n'.repeat(40_000);
    expectSame(through(addId, [text, 'm,id=1 f=1\n']).text, `${text}m,id=1,added=of-1 f=1\n`);
  });

  test('output', () => {
    const addMuch = (line: LineView) => line.setTag(added, 'x'.repeat(5000) as ByteString);
    const count = 4 * (READ_SIZE / 8);
    expectSame(through(addMuch, ['m f=1\n'.repeat(count)]).text, `m,added=${'x'.repeat(5000)} f=1\n`.repeat(count));
  });

  test('edits of lines that are asked one by one', () => {
    const addOften = (line: LineView) => {
      line.field('f' as ByteString);
      line.setTag(added, `${line.tag(id)}-${'x'.repeat(20_000)}` as ByteString);
      line.count({ id: 1 });
    };
    const ns = numbers(1000);
    const { way, text } = through(
      addOften,
      ns.map((n) => `m,id=${n} f=1\n`),
    );
    expectSame(text, ns.map((n) => `m,id=${n},added=${n}-${'x'.repeat(20_000)} f=1\n`).join(''));
    expect(way.counts.get(1)).toBe(1000);
  });

  test('lines of our own behind a batch that was all edits are decided in their own room', () => {
    const sink = new TakingSink();
    // asked one by one, and all of them changed
    const stage = (line: LineView) => {
      if (line.field('f' as ByteString)) line.setTag(added, '1' as ByteString);
    };
    const way = new LineWay(kernel, { stages: [stage], sink });
    way.readText('m,id=head f=1\n');
    way.readText('m f=1\n'.repeat(MAX_ROWS - 1));
    const heads = kernel.bytes.toString('latin1', HEAD_POOL, HEAD_POOL + DECISION_SIZE);
    expect(heads).toContain('m,id=head');
    way.pipeline.inject('internal_a f=1i 1\n'.repeat(3), -1);
    expect(kernel.bytes.toString('latin1', HEAD_POOL, HEAD_POOL + DECISION_SIZE)).toBe(heads);
    const many = 'm,added=1 f=1\n'.repeat(MAX_ROWS - 1);
    expectSame(sink.text, `m,id=head,added=1 f=1\n${many}${'internal_a,added=1 f=1i 1\n'.repeat(3)}`);
  });
});

describe('a line that is large', () => {
  const counted = (line: LineView) => {
    addId(line);
    line.count({ id: 1 });
  };

  test('has a head over 8 KiB: decided by itself, each time', () => {
    const head = `m,id=1,long=${'x'.repeat(9000)}`;
    const { way, text } = through(counted, Array(40).fill(`${head} f=1\n`));
    expectSame(text, `${head},added=of-1 f=1\n`.repeat(40));
    expect(way.counts.get(1)).toBe(40);
  });

  test('has a head over 64 KiB: passes as it is, reported', () => {
    const head = (n: number) => `m,id=1,long=${'x'.repeat(n - 12)}`;
    const { way, text } = through(counted, [`${head(65_536)} f=1\n`, `${head(65_537)} f=1\n`]);
    expectSame(text, `${head(65_536)},added=of-1 f=1\n${head(65_537)} f=1\n`);
    expect(way.reported).toEqual([{ code: 'too_long', record: 2, column: 1 }]);
    expect(way.counts.get(1)).toBe(1);
  });

  test('has more than 2048 tags: passes as it is, reported', () => {
    const head = (n: number) => `m,id=1${Array.from({ length: n - 1 }, (_, i) => `,t${i}=1`).join('')}`;
    const { way, text } = through(counted, [`${head(2048)} f=1\n`, `${head(2049)} f=1\n`]);
    expectSame(text, `${head(2048)},added=of-1 f=1\n${head(2049)} f=1\n`);
    expect(way.reported.map(({ code, record }) => `${code} ${record}`)).toEqual(['too_long 2']);
  });

  test('has more than 4096 fields: passes; reported where fields are looked at', () => {
    const fields = (n: number) => Array.from({ length: n }, (_, i) => `f${i}=1`).join(',');
    const lines = [`m ${fields(4096)} 1\n`, `m ${fields(4097)} 1\n`];
    const addLast = (line: LineView) => line.addField('new' as ByteString, '7i' as ByteString);
    const { way, text } = through(addLast, lines);
    expectSame(text, `m ${fields(4096)},new=7i 1\nm ${fields(4097)} 1\n`);
    expect(way.reported.map(({ code, record }) => `${code} ${record}`)).toEqual(['too_long 2']);
    expect(through(addId, lines).way.reported).toEqual([]);
    expect(through(addId, lines, 'full').way.reported).toHaveLength(1);
  });

  test('and grows by more than a stage may write: the stage is left out', () => {
    const much = (n: number) => (line: LineView) => line.setTag(added, ' '.repeat(n) as ByteString);
    const room = 128 * 1024 - 'added'.length;
    const { way, text } = through(much(room), Array(30).fill('m f=1\n'));
    expectSame(text, `m,added=${'\\ '.repeat(room)} f=1\n`.repeat(30));
    expect(way.failures).toEqual([]);
    for (const n of [room + 1, 10_000_000]) {
      const tooMuch = through(much(n), Array(3).fill('m f=1\n'));
      expectSame(tooMuch.text, 'm f=1\n'.repeat(3));
      expect(tooMuch.way.failures).toHaveLength(3);
    }
  });

  test('and all of it is written anew', () => {
    const head = `m,id=1,long=${'x'.repeat(65_000)}`;
    const strings = `s="${'y'.repeat(900_000)}",t=1`;
    const all = (line: LineView) => {
      line.setTag(id, ' '.repeat(120_000) as ByteString);
      line.setField('t' as ByteString, `"${'z'.repeat(120_000)}"` as ByteString);
    };
    const { text, way } = through(all, Array(5).fill(`${head} ${strings} 1\n`));
    expect(way.failures).toEqual([]);
    expectSame(
      text,
      `m,id=${'\\ '.repeat(120_000)},long=${'x'.repeat(65_000)} s="${'y'.repeat(900_000)}",t="${'z'.repeat(120_000)}" 1\n`.repeat(
        5,
      ),
    );
  });
});

describe('tag names', () => {
  test('are at most 250, and 16 KiB of them', () => {
    const own = kernelWithNames(1024).names;
    const all = Array.from({ length: 250 }, (_, i) => own.of(`name${i}`));
    expect(new Set(all.map((name) => name.id)).size).toBe(250);
    expect(own.of('name7')).toBe(all[7]);
    expect(() => own.of('one more')).toThrow(RangeError);
    expect(() => own.of('one more')).toThrow('"one more"');
    const long = kernelWithNames(1024).names;
    expect(() => {
      for (let i = 0; i < 200; i++) long.of(`${i}${'x'.repeat(100)}`);
    }).toThrow(RangeError);
    expect(() => kernelWithNames(1024).names.of('x'.repeat(1_000_000))).toThrow(RangeError);
  });

  test('all of them are told apart, and their values', () => {
    const own = kernelWithNames();
    const all: TagName[] = Array.from({ length: 249 }, (_, i) => own.names.of(`n${i}`));
    const target = own.names.of('found');
    const stage = (line: LineView) =>
      line.setTag(target, all.map((name, i) => (line.tag(name) ? `${i}` : '')).join('') as ByteString);
    const sink = new TakingSink();
    const way = new LineWay(own.kernel, { stages: [stage], sink });
    const lines = (render: (i: number) => string) => all.map((_, i) => render(i)).join('');
    for (let round = 0; round < 2; round++) way.readText(lines((i) => `m,n${i}=1 f=1\n`));
    way.end();
    expectSame(sink.text, lines((i) => `m,n${i}=1,found=${i} f=1\n`).repeat(2));
    expect(way.asked).toBe(249);
  });
});

describe('a record that is longer than the limit', () => {
  const small = kernelWithNames(1024);
  const tag = small.names.of('added');
  const run = (invalidLines: 'pass' | 'drop', text: string, size: number) => {
    const sink = new TakingSink();
    const stages = [(line: LineView) => line.setTag(tag, '1' as ByteString)];
    const way = new LineWay(small.kernel, { stages, sink, invalidLines });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) way.read(bytes.subarray(at, at + size));
    way.end();
    return { text: sink.text, reported: way.reported.map(({ code, record }) => `${code} ${record}`) };
  };
  const long = 'x'.repeat(300_000);

  test.each([1000, 65_536])('passes raw, or is dropped up to its newline, in chunks of %i', (size) => {
    const text = `m f=1\n${long}\nm f=2\n`;
    const reported = ['too_long 2'];
    expect(run('pass', text, size)).toEqual({ text: `m,added=1 f=1\n${long}\nm,added=1 f=2\n`, reported });
    expect(run('drop', text, size)).toEqual({ text: 'm,added=1 f=1\nm,added=1 f=2\n', reported });
  });

  test('at the end of the input gets the newline that it lacks', () => {
    expect(run('pass', `m f=1\n${long}`, 65_536).text).toBe(`m,added=1 f=1\n${long}\n`);
    expect(run('drop', `m f=1\n${long}`, 65_536).text).toBe('m,added=1 f=1\n');
  });

  test('does not make a long comment one that is dropped', () => {
    const text = `${long}\n# ${long}\nm f=1\n`;
    expect(run('drop', text, 65_536)).toEqual({ text: `# ${long}\nm,added=1 f=1\n`, reported: ['too_long 1'] });
  });

  test('is no comment because one stood in the bytes of before', () => {
    const blanks = ' '.repeat(2000);
    const sink = new TakingSink();
    const way = new LineWay(small.kernel, { stages: [], sink });
    way.readText(`${'#'.repeat(60)}\n`.repeat(500));
    for (let at = 0; at < blanks.length; at += 100) way.readText(blanks.slice(at, at + 100));
    way.readText('\n');
    way.end();
    expect(way.reported.map(({ code }) => code)).toEqual(['too_long']);
  });
});

test('300 MB of lines, some always new, cost no memory', { timeout: 60_000 }, () => {
  const sink = new CountingSink();
  const way = new LineWay(kernel, { stages: [addId], sink });
  const line = (tags: string) => `m,${tags.padEnd(40, 'x')} f=1i,g=1.5,s="text" 1795259876000000000\n`;
  const known = Array.from({ length: 600 }, (_, i) => line(`id=${i % 50},host=h${i}`));
  const chunk = Buffer.from(known.join(''));
  const width = chunk.length / known.length;
  let fresh = 0;
  const feed = (megabytes: number) => {
    for (let fed = 0; fed < megabytes << 20; fed += chunk.length) {
      for (let k = 0; k < 600; k += 30) chunk.write(line(`id=${fresh++},host=h`), k * width);
      way.read(chunk);
    }
  };
  feed(300);
  const before = process.memoryUsage().rss;
  feed(300);
  const grown = process.memoryUsage().rss - before;
  way.end();
  expect(way.reported).toEqual([]);
  expect(sink.bytes).toBeGreaterThan(600 << 20);
  expect(grown).toBeLessThan(16 << 20);
});
