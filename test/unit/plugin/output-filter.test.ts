import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOutputFilter } from '../../../shared/plugin/output-filter.ts';
import { FakeStats } from '../../support/fake-context.ts';

const NO_FILTER = { namepass: [], namedrop: [], tagpass: {}, tagdrop: {} };
const LIMIT = 1 << 16;

/** The filter of an output, with what it counted; text in and out is latin1, so that every byte is seen. */
function filter(options: object, maxLineBytes = LIMIT) {
  const filtered = new FakeStats().counter('filtered_lines');
  const select = createOutputFilter('out', { ...NO_FILTER, ...options }, maxLineBytes, filtered);
  return {
    select: (text: string) => select(Buffer.from(text, 'latin1')).toString('latin1'),
    get filtered() {
      return filtered.value;
    },
  };
}

describe('an output gets', () => {
  const check = (options: object, lines: string, expected: string, filtered: number) => {
    const output = filter(options);
    expect(output.select(lines)).toBe(expected);
    expect(output.filtered).toBe(filtered);
    // the second time from what was remembered
    expect(output.select(lines)).toBe(expected);
    expect(output.filtered).toBe(2 * filtered);
  };

  test('the lines that it selects, as they came', () => {
    const net = 'net,interface=tap0 v="two\nlines, \\"cpu v=1\\"",w=007 1\r\n';
    check({ namepass: ['net'] }, `cpu v=1 1\n${net}cpu v=2 2\n`, net, 2);
    check({ namedrop: ['net'] }, `cpu v=1 1\n${net}cpu v=2 2\n`, 'cpu v=1 1\ncpu v=2 2\n', 1);
    check({ tagpass: { interface: ['tap*'] } }, `cpu v=1 1\n${net}`, net, 1);
    check({ tagdrop: { interface: ['tap*'] } }, `cpu v=1 1\n${net}`, 'cpu v=1 1\n', 1);
    check({ namepass: ['*'], tagdrop: { interface: ['eth?'] } }, `${net}net,interface=eth0 v=1\n`, net, 1);
  });

  test('nothing at all where it selects nothing', () => {
    check({ namepass: ['none'] }, 'cpu v=1 1\nnet v=1\n', '', 2);
    check({ tagpass: { interface: [] } }, 'net,interface=tap0 v=1\n', '', 1);
  });

  test('names and tags as they are read, not as they are written', () => {
    check(
      { namepass: ['a b'], tagpass: { 'k,': ['v=1'] } },
      'a\\ b,k\\,=v\\=1 v=1\nb,k\\,=v\\=1 v=1\n',
      'a\\ b,k\\,=v\\=1 v=1\n',
      1,
    );
  });

  test('comments and blank lines in any case', () => {
    check({ namepass: ['net'] }, '# one\n\ncpu v=1\n# two\nnet v=1\n', '# one\n\n# two\nnet v=1\n', 1);
  });

  test('bytes that are no UTF-8, and NUL', () => {
    check({ namedrop: ['cpu'] }, 'm\xff,t=\x00\xfe v="\xc3"\ncpu v=1\n', 'm\xff,t=\x00\xfe v="\xc3"\n', 1);
  });
});

describe('a malformed line', () => {
  const MALFORMED = 'broken\n,=x v=1\nm,t= v=1\n';

  test('has no name and no tags: it passes where a filter only says what to leave out', () => {
    const check = (options: object, passes: boolean) => {
      const output = filter(options);
      expect(output.select(`${MALFORMED}cpu v=1\n`)).toBe(passes ? `${MALFORMED}cpu v=1\n` : 'cpu v=1\n');
      expect(output.filtered).toBe(passes ? 0 : 3);
    };
    check({ namepass: ['cpu'] }, false);
    check({ namepass: ['c*', 'd*'], namedrop: ['net'] }, false);
    check({ namedrop: ['net'] }, true);
    check({ tagdrop: { interface: ['lo'] } }, true);
  });

  test('whose string is not closed holds nothing back', () => {
    // the process has given up waiting for the quote, or the lines would not be here
    const output = filter({ namedrop: ['net'] });
    expect(output.select('m s="open\n')).toBe('m s="open\n');
    expect(output.select('cpu v=1\nnet v=1\n')).toBe('cpu v=1\n');
    expect(output.select('m s="open\nnet v=2\ncpu v=2\n')).toBe('m s="open\ncpu v=2\n');
    expect(filter({ namepass: ['cpu'] }).select('m s="open\nnet v=2\ncpu v=2\n')).toBe('cpu v=2\n');
  });
});

describe('a line that is too long to be looked at', () => {
  test('passes, in parts as well, and the next one is looked at', () => {
    const output = filter({ namepass: ['cpu'] }, 1024);
    const long = `net s="${'x'.repeat(200_000)}" 1\n`;
    expect(output.select(`${long}net v=1\ncpu v=1\n`) === `${long}cpu v=1\n`).toBe(true);

    // as the process streams one of which it has not seen the end
    expect(output.select('m'.repeat(3000))).toBe('m'.repeat(3000));
    expect(output.select('more')).toBe('more');
    expect(output.select(' end\nnet v=1\ncpu v=1\n')).toBe(' end\ncpu v=1\n');
    expect(output.filtered).toBe(2);
  });
});

test('however the lines are put into batches, the same ones pass', () => {
  const name = fc.constantFrom('net', 'cpu', 'mem', 'broken', '# comment', '');
  const line = fc
    .tuple(name, fc.constantFrom('', ',interface=tap0', ',interface=lo', ',t=x'), fc.nat(9))
    .map(([measurement, tags, n]) =>
      measurement === 'broken' || measurement === '' || measurement === '# comment'
        ? `${measurement}\n`
        : `${measurement}${tags} s="a\nb",v=${n}i\n`,
    );
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 6 }), (batches) => {
      const options = { namepass: ['net', 'm*'], tagdrop: { interface: ['lo'] } };
      const [once, many] = [filter(options), filter(options)];
      const whole = once.select(batches.flat().join(''));
      expect(batches.map((lines) => many.select(lines.join(''))).join('')).toBe(whole);
      expect(many.filtered).toBe(once.filtered);
    }),
    { numRuns: 60 },
  );
});
