/**
 * What loads a program (`bundle.ts`): `load(name)` gives what a part exports, from its text and its code cache.
 *
 * @param program expression that gives the path of the program's files up to the name of a part
 * @param seen statements that see each part's `file` and `script`
 */
export function loaderText(program: string, seen = ''): string {
  return `const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const program = ${program};
const parts = new Map();
let homes;
function load(name) {
  if (!name.startsWith('./')) return require(name);
  if (parts.has(name)) return parts.get(name);
  const home = homes[name] ?? name;
  parts.set(home, run(\`\${program}-\${home.slice(2, -3)}.cjs\`));
  return parts.get(name);
}
function run(file) {
  let cachedData;
  try {
    cachedData = readFileSync(file.replace(/cjs$/, 'cache'));
  } catch {
    // a start without it takes longer
  }
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData });${seen}
  const part = { exports: {} };
  script.runInThisContext()(part.exports, load, part, file, __dirname);
  for (const name in part.exports.lent) parts.set(name, part.exports.lent[name]);
  return part.exports;
}
({ homes } = run(\`\${program}.cjs\`));
`;
}

/**
 * What `bin` points to. `which` is the expression that gives the program's name; a launcher puts its plugin's name on the
 * command line first, the executable for all knows the programs by it.
 */
export function starterText(which: string, plugin: string | Readonly<Record<string, string>>): string {
  const first =
    typeof plugin === 'string'
      ? `process.argv.splice(2, 0, '${plugin}');`
      : `const PROGRAMS = Object.assign(Object.create(null), ${JSON.stringify(plugin)});`;
  return `#!/usr/bin/env node
'use strict';
${first}
${loaderText(`\`\${__dirname}/\${${which}}\``)}`;
}
