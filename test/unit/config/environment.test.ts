import { expect, test } from 'vitest';
import { expandEnvironment } from '../../../shared/config/environment.ts';

const environment = { A: 'one', B_2: '${A}', EMPTY: '' };

test('variables are replaced once', () => {
  const check = (text: string, expected: string) => {
    const { text: result, problems } = expandEnvironment(text, environment);
    expect([result, problems]).toEqual([expected, []]);
  };

  check('plain $A $5', 'plain $A $5');
  check('${A}', 'one');
  check('x${A}y${A}', 'xoneyone');
  check('${B_2}', '${A}');
  check('${EMPTY}', '');

  // defaults, also for what is empty
  check('${NO:-two}', 'two');
  check('${NO:-}', '');
  check('${EMPTY:-two}', 'two');
  check('${A:-two}', 'one');
  check('${NO:-a:-b}', 'a:-b');
  check('${A:?needed}', 'one');

  // a literal one
  check('$${A}', '${A}');
  check('$$', '$$');
});

test('what is missing is told', () => {
  const check = (text: string, expected: string) =>
    expect(expandEnvironment(text, environment).problems).toEqual([expected]);

  check('${NO}', 'environment variable "NO" is not set; set it or write ${NO:-default}');
  check('${NO:?ask ops}', 'environment variable "NO" is not set: ask ops');
  check('${EMPTY:?}', 'environment variable "EMPTY" is not set: it is needed here');
  const forms = 'write ${VAR}, ${VAR:-default} or ${VAR:?message}, and $${ for a literal ${';
  check('${', `cannot read "\${"; ${forms}`);
  check('${A', `cannot read "\${A"; ${forms}`);
  check('${A-b}', `cannot read "\${A-b}"; ${forms}`);
  check('${}', `cannot read "\${}"; ${forms}`);
  // an object's own words are no variables
  check('${toString}', 'environment variable "toString" is not set; set it or write ${toString:-default}');
});
