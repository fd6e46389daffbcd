import { expect, test } from 'vitest';
import { nearMiss } from '../../../shared/config/near-miss.ts';

test('a near word is found, a far one is not', () => {
  const options = ['snapshot', 'static', 'tags', 'topology_file', 'order'];
  const check = (word: string, expected: string | undefined) =>
    expect([word, nearMiss(word, options)]).toEqual([word, expected]);
  check('snapshoot', 'snapshot');
  check('snaphsot', 'snapshot');
  check('tolopogy_file', 'topology_file');
  check('topology-file', 'topology_file');
  check('Tags', 'tags');
  check('tag', 'tags');
  check('ordre', 'order');
  check('interval', undefined);
  check('x', undefined);
  check('x'.repeat(1000), undefined);
});
