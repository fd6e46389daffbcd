import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Identifier } from '../../../shared/collectd-protocol/identifier.ts';
import {
  cleanIdentifier,
  formatIdentifier,
  identifierProblem,
  parseIdentifier,
} from '../../../shared/collectd-protocol/identifier-text.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { bytes } from './arbitrary-text.ts';

/** host|plugin|instance|type|instance */
const identifier = (parts: string): Identifier => {
  const [host, plugin, pluginInstance, type, typeInstance] = parts.split('|').map(toByteString) as ByteString[];
  return { host, plugin, pluginInstance, type, typeInstance } as Identifier;
};
const parts = ({ host, plugin, pluginInstance, type, typeInstance }: Identifier) =>
  [host, plugin, pluginInstance, type, typeInstance].join('|');

const anyIdentifier = fc.record({
  host: bytes(''),
  plugin: bytes(''),
  pluginInstance: bytes(''),
  type: bytes(''),
  typeInstance: bytes('', 0, 200),
});

describe('the text of an identifier', () => {
  test('is split at the first two slashes, and names at their first hyphen', () => {
    const check = (text: string, expected: string) => {
      const read = parseIdentifier(toByteString(text));
      expect(isTextProblem(read) ? read.reason : parts(read)).toBe(expected);
    };

    // as it is meant
    check('h/p/t', 'h|p||t|');
    check('h/p-i/t-j', 'h|p|i|t|j');
    check('h/p-i-j/t-k-l', 'h|p|i-j|t|k-l');
    check('h.example-1:2/p/t', 'h.example-1:2|p||t|');
    check('h/p-/t-', 'h|p||t|');
    check('h/p--/t', 'h|p|-|t|');
    check('h/p q/t', 'h|p q||t|');
    check('h/p/t-ü', `h|p||t|${toByteString('ü')}`);

    // slashes as collectd replaces them
    check('h/p/t-a/b', 'h|p||t|a_b');
    check('h/p/t-/a/b', 'h|p||t|a_b');
    check('h/p/t-/', 'h|p||t|root');
    check('h/p/a/b', 'h|p||a_b|');

    // what is none
    check('', 'bad_identifier');
    check('h/p', 'bad_identifier');
    check('/p/t', 'empty_part');
    check('h//t', 'empty_part');
    check('h/-i/t', 'empty_part');
    check('h/p/', 'empty_part');
    check('h/p/-j', 'empty_part');
    check('h/p/t\0', 'nul_byte');
    check(`h/p/t-${'x'.repeat(127)}`, `h|p||t|${'x'.repeat(127)}`);
    check(`h/p/t-${'x'.repeat(128)}`, 'long_part');
  });

  test('takes the own name for an empty host', () => {
    expect(parseIdentifier('/p/t' as ByteString, 'me' as ByteString)).toEqual(identifier('me|p||t|'));
    expect(parseIdentifier('h/p/t' as ByteString, 'me' as ByteString)).toEqual(identifier('h|p||t|'));
  });

  test('is read as the identifier it was made of, when nothing is against it', () => {
    fc.assert(
      fc.property(anyIdentifier, (any) => {
        const given = cleanIdentifier(any).identifier;
        fc.pre(identifierProblem(given) === undefined);
        expect(parseIdentifier(formatIdentifier(given))).toEqual(given);
      }),
    );
  });

  test('is another one, or none, when something is against it', () => {
    fc.assert(
      fc.property(anyIdentifier, (any) => {
        const reason = identifierProblem(any);
        fc.pre(reason !== undefined && reason !== 'newline');
        expect(parseIdentifier(formatIdentifier(any))).not.toEqual(any);
      }),
    );
  });
});

test('what an identifier in text cannot hold has a reason', () => {
  const check = (given: string, reason: string | undefined) =>
    expect(identifierProblem(identifier(given))).toBe(reason);

  check('h|p|i|t|j', undefined);
  check('h-1|p|i-1|t|j-1', undefined);
  check('|p||t|', 'empty_part');
  check('h|||t|', 'empty_part');
  check('h|p|||', 'empty_part');
  check('h|p-1||t|', 'dash_in_name');
  check('h|p||t-1|', 'dash_in_name');
  check('a/b|p||t|', 'slash_in_part');
  check('h|p||t|a/b', 'slash_in_part');
  check('h|p|a\nb|t|', 'newline');
  check('h|p|a\0b|t|', 'nul_byte');
  check(`h|p|${'x'.repeat(128)}|t|`, 'long_part');
});

test('names from elsewhere are cleaned', () => {
  const check = (given: string, expected: string) => {
    const { identifier: cleaned, changed } = cleanIdentifier(identifier(given));
    expect(parts(cleaned)).toBe(parts(identifier(expected)));
    expect(changed).toBe(given !== expected);
  };

  check('h|p|i|t|j', 'h|p|i|t|j');
  check('h-1|p|i-1|t|ü j', 'h-1|p|i-1|t|ü j');
  check('h|my-plugin||a-b|', 'h|my_plugin||a_b|');
  check('h|df|/var/log|t|/', 'h|df|var_log|t|root');
  check('h|p|a\nb\tc\x7f|t|', 'h|p|a_b_c_|t|');
  check('|p||t|', '|p||t|');
  check(`h|p|${'x'.repeat(200)}|t|`, `h|p|${'x'.repeat(127)}|t|`);
  check(`h|p|${'x'.repeat(126)}ü|t|`, `h|p|${'x'.repeat(126)}|t|`);
  check(`h|p|${'x'.repeat(124)}😀|t|`, `h|p|${'x'.repeat(124)}|t|`);
  check(`h|p|${'x'.repeat(123)}😀|t|`, `h|p|${'x'.repeat(123)}😀|t|`);
});
