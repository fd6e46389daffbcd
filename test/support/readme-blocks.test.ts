import { expect, test } from 'vitest';
import { pageBlocks } from './readme-blocks.ts';

test('marked blocks are found, others are not', () => {
  const page = [
    '# Title',
    '```toml',
    'not = "marked"',
    '```',
    '<!-- file: /etc/crosslayer/topology.toml -->',
    '```toml',
    'a = 1',
    '',
    'b = 2',
    '```',
    'Text <!-- run: nothing --> in a line is no mark.',
    '<!-- run: shell -->',
    '',
    '````sh',
    '```',
    '````',
  ].join('\n');
  expect(pageBlocks(page)).toEqual([
    { kind: 'file', subject: '/etc/crosslayer/topology.toml', text: 'a = 1\n\nb = 2\n', line: 5 },
    { kind: 'run', subject: 'shell', text: '```\n', line: 12 },
  ]);
});

test('a mark without a block is an error', () => {
  expect(() => pageBlocks('<!-- run: shell -->\ntext')).toThrow('Line 1: no fenced block');
  expect(() => pageBlocks('<!-- run: shell -->\n```sh\ntext')).toThrow('Line 2: the fenced block does not end');
});
