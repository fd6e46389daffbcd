import { describe, expect, test } from 'vitest';
import { UnixsockAnswers } from '../../../shared/collectd-protocol/unixsock-answers.ts';

const STREAM = `0 Success: 1 value has been dispatched.
-1 1 Type \`nosuch' isn't defined.
2 Values found
rx=1.000000e+01
tx=NaN
0
0 Values found
-1 Unknown command: X\xfc
`;
const ANSWERS = [
  { status: 0, text: 'Success: 1 value has been dispatched.', lines: [] },
  { status: -1, text: "1 Type `nosuch' isn't defined.", lines: [] },
  { status: 2, text: 'Values found', lines: ['rx=1.000000e+01', 'tx=NaN'] },
  { status: 0, text: '', lines: [] },
  { status: 0, text: 'Values found', lines: [] },
  { status: -1, text: 'Unknown command: X\xfc', lines: [] },
];

describe('answers', () => {
  test('come out complete, however they are cut', () => {
    const bytes = Buffer.from(STREAM, 'latin1');
    for (let size = 1; size <= bytes.length; size++) {
      const answers = new UnixsockAnswers();
      const chunk = Buffer.alloc(size);
      const read = [];
      for (let at = 0; at < bytes.length; at += size) {
        // the same memory each time, as a reader of files has it
        const length = bytes.copy(chunk, 0, at);
        read.push(...answers.push(chunk.subarray(0, length)));
      }
      expect(read).toEqual(ANSWERS);
    }
  });

  test('of somebody else end the reading', () => {
    const check = (text: string, count: number, problem: string | undefined) => {
      const answers = new UnixsockAnswers();
      expect(answers.push(Buffer.from(text))).toHaveLength(count);
      expect(answers.problem).toBe(problem);
      if (problem !== undefined) expect(answers.push(Buffer.from('0 Success\n'))).toEqual([]);
    };

    check('0 a\n0 b\nHTTP/1.1 400\n0 c\n', 2, 'Answer "HTTP/1.1 400" is not collectd\'s');
    check('\n', 0, 'Answer "" is not collectd\'s');
    check('1e3 x\n', 0, 'Answer "1e3 x" is not collectd\'s');
    check('9999999 Values found\n', 0, 'Answer "9999999 Values found" is not collectd\'s');
    check('x'.repeat(20_000), 0, 'Answer has a line of more than 16 KiB');
    check('x'.repeat(10_000), 0, undefined);
  });
});
