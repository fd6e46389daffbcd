import { expect, test } from 'vitest';
import { pageBlocks } from './page-blocks.ts';

test('fenced blocks are found, with their marks', () => {
  const page = [
    '# Title',
    '```toml',
    'not = "marked"',
    '```',
    '<!-- file: /etc/crosslayer/topology.toml -->',
    '```toml',
    'a = 1',
    '',
    '<!-- run: nothing -->',
    '```',
    'Text <!-- run: nothing --> in a line is no mark.',
    '<!-- run: shell -->',
    '',
    '````sh',
    '```',
    '````',
  ].join('\n');
  expect(pageBlocks(page)).toEqual([
    { language: 'toml', text: 'not = "marked"\n', line: 2 },
    {
      language: 'toml',
      text: 'a = 1\n\n<!-- run: nothing -->\n',
      line: 6,
      mark: { kind: 'file', subject: '/etc/crosslayer/topology.toml' },
    },
    { language: 'sh', text: '```\n', line: 14, mark: { kind: 'run', subject: 'shell' } },
  ]);
});

test('a mark without a block is an error', () => {
  expect(() => pageBlocks('<!-- run: shell -->\ntext\n```sh\n```')).toThrow('Line 1: no fenced block');
  expect(() => pageBlocks('<!-- run: shell -->\n```sh\ntext')).toThrow('Line 2: the fenced block does not end');
});
