import { expect, test } from 'vitest';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { dummyInput, dummyOutput, plainPlugin } from '../../support/dummy-plugins.ts';

const otherInput = { ...dummyInput, name: 'other_input' };
const catalogue = catalogueOf([dummyInput, otherInput, plainPlugin, dummyOutput]);

function problems(text: string, plugin?: string): string[] {
  try {
    readConfig(text, 'x.conf', { catalogue, environment: {}, ...(plugin === undefined ? {} : { plugin }) });
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

const said = (line: number, name: string, first: number) =>
  `x.conf:${line}: [[inputs.${name}]] is a second input besides that of line ${first}; a process has one, so give this one a file and a process of its own`;

test('a chain has one input: every further one is told with its line and what to do instead', () => {
  const output = '[[outputs.dummy_output]]\n';
  expect(problems(`[[inputs.dummy_input]]\n${output}${output}`)).toEqual([]);
  expect(problems(`[[inputs.dummy_input]]\n\n[[inputs.dummy_input]]\n${output}`)).toEqual([said(3, 'dummy_input', 1)]);
  expect(problems(`${output}[[inputs.other_input]]\n[[inputs.dummy_input]]\n[[inputs.other_input]]\n`)).toEqual([
    said(3, 'dummy_input', 2),
    said(4, 'other_input', 2),
  ]);
});

test('of a single input twice the advice is not a chain, which takes one as well', () => {
  expect(problems('[[inputs.dummy_input]]\n[[inputs.dummy_input]]\n', 'dummy_input')).toEqual([
    said(2, 'dummy_input', 1),
  ]);
});

test('other mistakes are told besides', () => {
  expect(problems('[[inputs.dummy_input]]\nx = 1\n[[inputs.other_input]]\ny = 1\n')).toEqual([
    expect.stringContaining('x.conf:2: unknown option "x"'),
    said(3, 'other_input', 1),
    expect.stringContaining('x.conf:4: unknown option "y"'),
  ]);
});
