import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinePipeline } from '../../support/line-pipeline.ts';

const pipeline = new LinePipeline();

test('without a stage that changes anything, what came goes, with a last newline where it lacks', () => {
  const check = (input: string) => {
    expect(pipeline.run(input)).toBe(input === '' || input.endsWith('\n') ? input : `${input}\n`);
  };

  check('m f=1 1\n');
  check('m f=1 1');
  check('\r\n\n  \n# c\r\n');
  // a quote that nobody closes
  check('m f="abc\n');
  check('m f="abc\nn f="x\n');
  check('m f="abc');
  check('m f="a\\');
  check('m f="a\\\n');
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'mf1 ,="\\#\n\r\t'), maxLength: 60 }), check), {
    numRuns: 3000,
  });
});
