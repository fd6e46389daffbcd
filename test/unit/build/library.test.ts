import { expect, test } from 'vitest';
import { withoutTypeScriptImports } from '../../../shared/build/library.ts';

test('declarations import what is there for a user', () => {
  const check = (text: string, expected: string) => expect(withoutTypeScriptImports(text)).toBe(expected);
  check(`export { a } from './a.ts';`, `export { a } from './a.js';`);
  check(`import type { A } from "../b/a.ts";`, `import type { A } from "../b/a.js";`);
  check(`type B = import('./b.ts').B;`, `type B = import('./b.js').B;`);
  check(`import './c.ts';`, `import './c.js';`);
  // packages and texts stay
  check(`export { a } from 'a.ts';`, `export { a } from 'a.ts';`);
  check(`const a = './a.ts';`, `const a = './a.ts';`);
});
