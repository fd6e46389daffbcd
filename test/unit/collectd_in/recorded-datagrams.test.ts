import { expect, test } from 'vitest';
import { recordedDatagrams } from '../../../plugins/collectd_in/recorded-datagrams.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

/** The datagrams as text, or the mistakes, each with its line. */
async function read(text: string, chunkSize = 65_536): Promise<string[]> {
  const found: string[] = [];
  for await (const some of recordedDatagrams(chunksOf(text, chunkSize))) {
    for (const recorded of some) {
      found.push(
        `${recorded.line} ${'datagram' in recorded ? recorded.datagram.toString('latin1') : recorded.mistake}`,
      );
    }
  }
  return found;
}

test('a line is a JSON object with the datagram, or the datagram itself', async () => {
  const check = async (text: string, expected: string[]) => {
    expect(await read(text)).toEqual(expected);
    expect(await read(text, 1)).toEqual(expected);
  };
  await check('{"t_ms": 1, "b64": "YWJj"}\nYWJj\n', ['1 abc', '2 abc']);
  await check('YWJj', ['1 abc']);
  await check('YQ==\r\n  YQ  \n', ['1 a', '2 a']);
  await check('{"b64": ""}\n', ['1 ']);
  await check('', []);

  // what says nothing
  await check('# made by hand\n\n  \nYWJj\n', ['4 abc']);

  // mistakes cost their line only
  await check('{"t_ms": 1}\n{"b64": 7}\n{\nY!\nYWJj\n', [
    '1 Line is no JSON object with the datagram in "b64"',
    '2 Line is no JSON object with the datagram in "b64"',
    '3 Line is no JSON object with the datagram in "b64"',
    '4 Datagram is not in base64',
    '5 abc',
  ]);
});

test('lines that are longer than any datagram are told and skipped, also the last', async () => {
  const long = 'A'.repeat(300 * 1024);
  const mistake = 'Line has more than 262144 bytes';
  expect(await read(`${long}\nYWJj\n`)).toEqual([`1 ${mistake}`, '2 abc']);
  expect(await read(`YWJj\n${long}`)).toEqual(['1 abc', `2 ${mistake}`]);
});

test('a datagram may stand across the chunks of a file', async () => {
  const datagram = Buffer.alloc(65_535, 'x').toString('base64');
  const found = await read(`${datagram}\n`.repeat(5));
  expect(found).toEqual([1, 2, 3, 4, 5].map((line) => `${line} ${'x'.repeat(65_535)}`));
});
