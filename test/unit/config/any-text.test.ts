import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { quickConfig } from '../../../shared/config/quick-config.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { sampleChain } from '../../../shared/config/sample-conf.ts';
import { dummyInput, dummyOutput, fullPlugin, plainPlugin } from '../../support/dummy-plugins.ts';
import { uncomment } from '../../support/uncomment.ts';

const plugins = [fullPlugin, plainPlugin, dummyInput, dummyOutput];
// compiled once: what is tested is the reading
const { entries, loadProcessValidator } = catalogueOf(plugins);
const loaded = new Map(entries.map((entry) => [entry, entry.load()]));
const process = loadProcessValidator();
const catalogue = {
  entries: entries.map((entry) => ({ ...entry, load: () => loaded.get(entry) as ReturnType<typeof entry.load> })),
  loadProcessValidator: () => process,
};

function expectAnswer(text: string): void {
  const options = { catalogue, environment: { A: 'a' }, readFile: () => 'secret' };
  const quick = quickConfig(text, options);
  try {
    const config = readConfig(text, 'x.conf', options);
    if (quick) expect(quick).toStrictEqual(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(quick).toBe(undefined);
    expect(error.lines.length).toBeGreaterThan(0);
    for (const line of error.lines) expect(line).toMatch(/^x\.conf:(\d+:)? \S/);
  }
}

const SAMPLE = uncomment(sampleChain(plugins));
const LINES = SAMPLE.split('\n').filter((line) => line.trim() !== '' && !line.includes('##'));

test('whatever the text, the answer is a configuration or its problems, and the quick one is the same or none', () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), expectAnswer), { numRuns: 300 });
});

test('whatever the lines', () => {
  const values = fc.constantFrom(
    '1',
    '-1',
    '0.5',
    'inf',
    '"x"',
    '"${A}"',
    '"${B}"',
    '[]',
    '[1, "a"]',
    '{}',
    '{ a = 1 }',
    '1979-05-27',
    'true',
    '"[a"',
  );
  const keys = fc.constantFrom(...new Set(LINES.map((line) => line.split('=')[0]?.trim() as string)));
  const line = fc.oneof(
    fc.constantFrom(...LINES),
    fc.tuple(keys, values).map(([key, value]) => (key.startsWith('[') ? key : `${key} = ${value}`)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => expectAnswer(lines.join('\n'))),
    { numRuns: 1000 },
  );
});

test('whatever is changed in a good file', () => {
  fc.assert(
    fc.property(fc.nat(SAMPLE.length), fc.nat(4), fc.string({ maxLength: 3 }), (at, gone, put) =>
      expectAnswer(SAMPLE.slice(0, at) + put + SAMPLE.slice(at + gone)),
    ),
    { numRuns: 300 },
  );
});
