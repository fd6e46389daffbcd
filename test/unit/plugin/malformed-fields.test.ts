import { expect, test } from 'vitest';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { DecisionMemory } from '../../../shared/line-protocol/decision-memory.ts';
import { Framer } from '../../../shared/line-protocol/framer.ts';
import { createKernel } from '../../../shared/line-protocol/kernel.ts';
import { createTagNames } from '../../../shared/line-protocol/tag-names.ts';
import { Pipeline } from '../../../shared/plugin/pipeline.ts';

test('a malformed field set that a stage asks about is reported with its place, and passed or dropped', () => {
  const check = (drop: boolean, input: string, expected: string, ...reports: string[]) => {
    const kernel = createKernel(65536);
    const names = createTagNames(kernel);
    const seen = names.of('seen');
    const memory = new DecisionMemory(kernel, () => {});
    const told: string[] = [];
    let written = '';
    const pipeline = new Pipeline(
      kernel,
      [
        {
          alias: 'reader',
          selects: () => true,
          failed: (error) => told.push(String(error)),
          processor: {
            line(line) {
              if (line.measurement === 'm')
                line.setTag(seen, toByteString(String(line.field(toByteString('f'))?.value)));
            },
          },
        },
      ],
      memory,
      {
        bad(code, record, from, _to, at) {
          told.push(`${code} ${record}:${at - from + 1}`);
          return drop;
        },
        overlong: () => drop,
      },
      {
        isBlocked: false,
        write(bytes, from, to) {
          written += bytes.toString('latin1', from, to);
          return to;
        },
        hold() {},
      },
      () => 0,
    );
    const framer = new Framer(kernel, pipeline, { decide: 1, begin: () => 0 });
    kernel.bytes.write(input, kernel.readAt, 'latin1');
    framer.received(input.length);
    framer.end();
    expect([written, told]).toEqual([expected, reports]);
  };

  check(false, 'm f=1\nm f=x\nm f=2\n', 'm,seen=1 f=1\nm f=x\nm,seen=2 f=2\n', 'bad_field_value 2:5');
  check(true, 'm f=1\nm f=x\nm f=2\n', 'm,seen=1 f=1\nm,seen=2 f=2\n', 'bad_field_value 2:5');
  // each of them, though they are all alike
  check(true, 'm f=x\nm f=x\n', '', 'bad_field_value 1:5', 'bad_field_value 2:5');
  // a stage that does not ask does not know
  check(true, 'n f=x\n', 'n f=x\n');
});
