import { expect, test } from 'vitest';
import { fieldText } from '../../../plugins/surrogate_context/context-values.ts';

test('numbers as float fields', () => {
  expect([0, -0.778276, 50.842715, 1e-7].map(fieldText)).toEqual(['0', '-0.778276', '50.842715', '1e-7']);
});
