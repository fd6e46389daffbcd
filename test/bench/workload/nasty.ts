import { Clock } from './clock.ts';
import { ODD_HOSTS } from './identities.ts';
import { Random } from './random.ts';

const MEASUREMENTS = [
  'm',
  'with\\ blank',
  'with\\,comma',
  'a=b',
  'say"hi',
  'back\\\\slash',
  'größe日',
  'disk\\ usage\\,all',
];
const TAG_KEYS = ['host', 'a\\ key', 'a\\,key', 'a\\=key', 'a"key', 'tür', 'dir'];
const FIELD_KEYS = ['f', 'count', 'f\\ a', 'f\\,b', 'f\\=c', 'f"d', 'größe'];
const STRINGS = [
  ...['', 'text', 'x, y = z w', 'he said \\"no\\", twice', 'first\nsecond', 'path\\\\', '\\\\\\"', '  blanks  '],
  ...['{\\"a\\":[1,2]}\n', 'a=1,b=\\"', 'ü\ttab 🚀', '# in a string'],
];
const NUMBERS = [
  ...['9223372036854775807i', '-9223372036854775808i', '9007199254740993i', '0i', '-7i', '18446744073709551615u', '0u'],
  ...['1.7976931348623157e308', '5e-324', '-0', '0.3', '-2.5E+11', '123456789012345678', '7.', '.25', '3e-9', '17'],
];
const BOOLEANS = ['t', 'T', 'true', 'True', 'TRUE', 'f', 'F', 'false', 'False', 'FALSE'];
const EXTREME_TIMES = ['0', '-1', '-9223372036854775808', '9223372036854775807', '1'];
const BETWEEN_LINES = ['# a remark, with = and "\n', '\n', '   \n'];

function escapedTag(value: string): string {
  return value.replace(/[ ,=]/g, '\\$&');
}

/** A list read from a random place on, as often as needed, so that no key comes twice in a line. */
function someOf<T>(random: Random, list: readonly T[], count: number): T[] {
  const start = random.below(list.length);
  return Array.from({ length: count }, (_, i) => list[(start + i) % list.length] as T);
}

/**
 * W3: valid lines that are hard to read, about 90 bytes each: escapes, quotes, newlines and commas in strings, extreme
 * numbers and times, no time, comments, blank lines, CRLF, UTF-8. No name and no value ends in a backslash: parsers
 * disagree about a run of backslashes before a separator.
 */
export function* nasty(): Generator<string> {
  const random = new Random(3);
  const clock = new Clock(random);
  const hosts = ODD_HOSTS.map(escapedTag);

  const value = () => {
    const kind = random.below(100);
    if (kind < 40) return `"${random.pick(STRINGS)}"`;
    return random.pick(kind < 85 ? NUMBERS : BOOLEANS);
  };
  const time = () => {
    const kind = random.below(100);
    if (kind < 70) return ` ${clock.next()}`;
    return kind < 75 ? ` ${random.pick(EXTREME_TIMES)}` : '';
  };

  for (; ; clock.round++) {
    const before = random.chance(0.01) ? random.pick(BETWEEN_LINES) : '';
    const tags = someOf(random, TAG_KEYS, random.below(5)).map((key) => `,${key}=${random.pick(hosts)}`);
    const fields = someOf(random, FIELD_KEYS, 1 + random.below(4)).map((key) => `${key}=${value()}`);
    const end = random.chance(0.02) ? '\r' : '';
    yield `${before}${random.pick(MEASUREMENTS)}${tags.join('')} ${fields.join(',')}${time()}${end}`;
  }
}
