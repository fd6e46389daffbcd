import { describe, expect, test } from 'vitest';
import { DatagramReader, type ReaderOptions } from '../../../shared/collectd-protocol/datagram-reader.ts';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import {
  CONTEXT,
  concat,
  credentials,
  encrypted,
  gauge,
  number,
  PART,
  part,
  signed,
  TIME,
  text,
  values,
} from './handmade-parts.ts';

/**
 * What comes out, as short texts in the order of lists, notifications and problems: `host/plugin-i/type-i=value`, `user:` in front where there is one;
 * `severity host message`; `!refusal`.
 */
function outcome(datagram: Uint8Array, options?: ReaderOptions): string[] {
  const { valueLists, notifications, problems } = decodeDatagram(datagram, options);
  const instance = (name: string) => (name === '' ? '' : `-${name}`);
  return [
    ...valueLists.map(({ host, plugin, pluginInstance, type, typeInstance, values: list, user }) => {
      const identifier = `${host}/${plugin}${instance(pluginInstance)}/${type}${instance(typeInstance)}`;
      return `${user === undefined ? '' : `${user}: `}${identifier}=${list.map(({ value }) => value).join(':')}`;
    }),
    ...notifications.map(({ severity, host, message }) => `${severity} ${host} ${message}`),
    ...problems.map(({ refusal }) => `!${refusal}`),
  ];
}

function check(datagram: Uint8Array, ...expected: string[]) {
  expect(outcome(datagram)).toEqual(expected);
}

const cut = (bytes: Buffer, count: number) => bytes.subarray(0, bytes.length - count);

describe('parts set fields', () => {
  test('that hold until they are set again', () => {
    const datagram = concat(
      ...[CONTEXT, gauge(1), text('typeInstance', 'x'), gauge(2), text('pluginInstance', 'i'), gauge(3)],
      ...[text('host', 'g'), gauge(4), text('pluginInstance', ''), text('typeInstance', ''), gauge(5)],
    );
    check(datagram, 'h/p/t=1', 'h/p/t-x=2', 'h/p-i/t-x=3', 'g/p-i/t-x=4', 'g/p/t=5');
  });

  test('and not in the next datagram', () => {
    const reader = new DatagramReader();
    const seen: string[] = [];
    const sink = {
      valueList: () => seen.push('list'),
      notification: () => seen.push('notification'),
      refused: (refusal: string) => seen.push(refusal),
    };
    reader.read(concat(CONTEXT, number('severity', 2n), gauge(1)), sink);
    reader.read(gauge(2), sink);
    reader.read(text('message', 'm'), sink);
    expect(seen).toEqual(['list', 'no_time', 'notification_without_severity']);
  });

  test('times and intervals in seconds and in 2^-30 s, the last wins', () => {
    const times = (...parts: Buffer[]) => {
      const { valueLists } = decodeDatagram(concat(CONTEXT, ...parts, gauge(1)));
      return [valueLists[0]?.time, valueLists[0]?.interval];
    };
    expect(times()).toEqual([TIME, 10n << 30n]);
    expect(times(number('time', 1_700_000_000n), number('interval', 60n))).toEqual([1_700_000_000n << 30n, 60n << 30n]);
    expect(times(number('time', 5n), number('timeHr', 7n))).toEqual([7n, 10n << 30n]);
    expect(times(number('timeHr', 2n ** 64n - 1n))).toEqual([2n ** 64n - 1n, 10n << 30n]);
    // what does not fit into 34 bits is lost, as in collectd's uint64_t
    expect(times(number('time', (1n << 34n) + 3n))).toEqual([3n << 30n, 10n << 30n]);
    expect(times(number('intervalHr', 0n))).toEqual([TIME, 0n]);
  });

  test('values of every kind, to their ends', () => {
    const list = [
      ['gauge', -0],
      ['derive', -(2n ** 63n)],
      ['counter', 2n ** 64n - 1n],
      ['absolute', 2n ** 63n],
      ['gauge', Number.NaN],
      ['gauge', Number.NEGATIVE_INFINITY],
    ] as const;
    const { valueLists } = decodeDatagram(concat(CONTEXT, values(...list)));
    expect(valueLists[0]?.values).toEqual(list.map(([kind, value]) => ({ kind, value })));
  });

  test('as many values as a part holds', () => {
    const list = Array.from({ length: 7200 }, (_, i) => ['gauge', i] as const);
    const { valueLists } = decodeDatagram(concat(CONTEXT, values(...list)));
    expect(valueLists[0]?.values).toHaveLength(7200);
  });
});

describe('notifications', () => {
  const head = concat(number('timeHr', TIME), number('severity', 4n));

  test('inherit what values set, and keep the severity', () => {
    const datagram = concat(CONTEXT, number('severity', 1n), gauge(1), text('message', 'a'), text('message', 'b'));
    check(datagram, 'h/p/t=1', 'failure h a', 'failure h b');
  });

  test('need a severity, a time and a message', () => {
    check(concat(head, text('message', 'm')), 'okay  m');
    check(concat(number('timeHr', TIME), text('message', 'm')), '!notification_without_severity');
    check(concat(head, number('severity', 3n), text('message', 'm')), '!notification_without_severity');
    check(concat(number('severity', 2n), text('message', 'm')), '!notification_without_time');
    check(concat(head, text('message', ''), text('message', 'n')), 'okay  n', '!notification_without_message');
    // cut to 32 bits before the test
    check(concat(head, number('severity', (1n << 32n) + 2n), text('message', 'm')), 'warning  m');
  });

  test('have messages of up to 255 bytes', () => {
    check(concat(head, text('message', 'm'.repeat(255))), `okay  ${'m'.repeat(255)}`);
    check(concat(head, text('message', 'm'.repeat(256)), text('message', 'lost')), '!bad_string');
  });
});

describe('bad input, as collectd takes it', () => {
  test('nothing, and what is no part', () => {
    check(Buffer.alloc(0));
    for (let n = 1; n <= 4; n++) check(concat(CONTEXT, gauge(1), Buffer.alloc(n)), 'h/p/t=1', '!truncated');
    check(Buffer.from([0, 0, 0, 4]), '!truncated');
  });

  test('unknown parts are skipped', () => {
    check(concat(part(0x0a), part(0x7777, Buffer.from('abc')), CONTEXT, part(0xffff), gauge(1)), 'h/p/t=1');
  });

  test('lengths that are not true end the datagram', () => {
    for (const length of [0, 1, 3, 100])
      check(concat(CONTEXT, gauge(1), part(0x99, Buffer.alloc(8), length), gauge(2)), 'h/p/t=1', '!truncated');
    check(concat(CONTEXT, gauge(1), cut(gauge(2), 1)), 'h/p/t=1', '!truncated');
  });

  test('texts', () => {
    const behind = (bad: Buffer) => concat(CONTEXT, gauge(1), bad, gauge(2));
    for (const type of [PART.host, PART.plugin, PART.pluginInstance, PART.type, PART.typeInstance, PART.message]) {
      check(behind(part(type)), 'h/p/t=1', '!bad_string');
      check(behind(part(type, Buffer.from('x'))), 'h/p/t=1', '!bad_string');
    }
    for (const type of ['host', 'plugin', 'pluginInstance', 'type', 'typeInstance'] as const) {
      check(behind(text(type, 'n'.repeat(128))), 'h/p/t=1', '!bad_string');
    }
    check(behind(text('host', 'n'.repeat(127))), 'h/p/t=1', `${'n'.repeat(127)}/p/t=2`);
    // a NUL inside ends the text
    check(behind(text('host', 'ab\0cd')), 'h/p/t=1', 'ab/p/t=2');
    check(behind(text('typeInstance', '\0cd')), 'h/p/t=1', 'h/p/t=2');
    check(behind(text('host', '\0cd')), 'h/p/t=1', '!no_host');
    // any other byte is as good as another
    check(behind(text('host', '\x01\xff/\\"')), 'h/p/t=1', '\x01\xff/\\"/p/t=2');
  });

  test('numbers', () => {
    for (const type of [PART.time, PART.timeHr, PART.interval, PART.intervalHr, PART.severity]) {
      for (const size of [0, 4, 7, 9])
        check(concat(CONTEXT, gauge(1), part(type, Buffer.alloc(size)), gauge(2)), 'h/p/t=1', '!bad_number');
    }
  });

  test('values', () => {
    const behind = (bad: Buffer) => concat(CONTEXT, gauge(1), bad, gauge(2));
    check(behind(part(PART.values)), 'h/p/t=1', '!bad_values');
    check(behind(part(PART.values, Buffer.alloc(1))), 'h/p/t=1', '!bad_values');
    // the count says another length
    check(behind(part(PART.values, Buffer.from([0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]))), 'h/p/t=1', '!bad_values');
    check(behind(part(PART.values, Buffer.from([0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0]))), 'h/p/t=1', '!bad_kind');
    check(behind(part(PART.values, Buffer.from([0, 2, 1, 9, ...Buffer.alloc(16)]))), 'h/p/t=1', '!bad_kind');
    // without values: goes on, if 15 bytes are left
    const none = part(PART.values, Buffer.from([0, 0]));
    check(behind(none), 'h/p/t=1', 'h/p/t=2', '!no_values');
    const notice = concat(CONTEXT, number('severity', 4n));
    check(concat(notice, none, text('message', 'lost')), 'okay h lost', '!no_values');
    check(concat(notice, none, text('message', 'los')), '!no_values');
  });

  test('value lists without time, host, plugin or type are left out', () => {
    const without = (...parts: Buffer[]) => concat(CONTEXT, ...parts, gauge(1), CONTEXT, gauge(2));
    check(without(number('timeHr', 0n)), 'h/p/t=2', '!no_time');
    check(without(text('host', '')), 'h/p/t=2', '!no_host');
    check(without(text('plugin', '')), 'h/p/t=2', '!no_plugin');
    check(without(text('type', '')), 'h/p/t=2', '!no_type');
  });

  test('more bytes than a datagram has are not read', () => {
    const filler = part(0x99, Buffer.alloc(65_535 - 4 - CONTEXT.length - gauge(1).length));
    check(concat(CONTEXT, filler, gauge(1), gauge(2)), 'h/p/t=1');
    check(concat(CONTEXT, filler, part(0x98), gauge(1)), '!truncated');
  });
});

describe('protection', () => {
  const plain = concat(CONTEXT, gauge(1));
  const profiles = {
    none: {},
    auth: { credentials },
    sign: { credentials, securityLevel: 'sign' },
    encrypt: { credentials, securityLevel: 'encrypt' },
  } as const satisfies Record<string, ReaderOptions>;

  /** What comes out without an AuthFile, and with one at the levels none, sign and encrypt. */
  function checkLevels(datagram: Buffer, none: string[], auth: string[], sign: string[], encrypt: string[]) {
    expect(outcome(datagram, profiles.none)).toEqual(none);
    expect(outcome(datagram, profiles.auth)).toEqual(auth);
    expect(outcome(datagram, profiles.sign)).toEqual(sign);
    expect(outcome(datagram, profiles.encrypt)).toEqual(encrypt);
  }

  test('plain', () => {
    checkLevels(plain, ['h/p/t=1'], ['h/p/t=1'], ['!not_signed'], ['!not_encrypted']);
  });

  test('signed', () => {
    const ofAlice = ['alice: h/p/t=1'];
    checkLevels(signed('alice', plain), ['h/p/t=1'], ofAlice, ofAlice, ['!not_encrypted']);
  });

  test('signed with a wrong password, or by someone unknown', () => {
    const wrong = signed('alice', plain, Buffer.from('x'));
    checkLevels(wrong, ['h/p/t=1'], ['!wrong_signature'], ['!wrong_signature'], ['!not_encrypted']);
    const unknown = signed('mallory', plain, Buffer.from('x'));
    checkLevels(unknown, ['h/p/t=1'], ['!unknown_user'], ['!unknown_user'], ['!not_encrypted']);
    const changed = signed('alice', plain);
    changed[changed.length - 1] = 0x41;
    expect(outcome(changed, profiles.auth)).toEqual(['!wrong_signature']);
    // the user is signed, too
    expect(outcome(signed('alice', plain, Buffer.from('builder')), profiles.auth)).toEqual(['!wrong_signature']);
  });

  test('encrypted', () => {
    const ofBob = ['bob: h/p/t=1'];
    checkLevels(encrypted('bob', plain), ['!no_auth_file'], ofBob, ofBob, ofBob);
  });

  test('encrypted with a wrong password, or by someone unknown', () => {
    const wrong = concat(encrypted('bob', plain, Buffer.from('x')), plain);
    checkLevels(wrong, ['!no_auth_file'], ['!wrong_checksum'], ['!wrong_checksum'], ['!wrong_checksum']);
    const unknown = encrypted('mallory', plain, Buffer.from('x'));
    checkLevels(unknown, ['!no_auth_file'], ['!unknown_user'], ['!unknown_user'], ['!unknown_user']);
    const changed = encrypted('bob', plain);
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    expect(outcome(changed, profiles.encrypt)).toEqual(['!wrong_checksum']);
  });

  test('plain parts around protected ones are another world', () => {
    const outside = concat(CONTEXT, text('host', 'outside'), text('typeInstance', 'x'), gauge(7));
    const around = concat(outside, encrypted('bob', plain), gauge(8));
    const expected = ['outside/p/t-x=7', 'bob: h/p/t=1', 'outside/p/t-x=8'];
    checkLevels(
      around,
      ['outside/p/t-x=7', '!no_auth_file'],
      expected,
      ['bob: h/p/t=1', '!not_signed'],
      ['bob: h/p/t=1', '!not_encrypted'],
    );
    // nothing of what is outside is seen inside
    const bare = encrypted('bob', gauge(1));
    expect(outcome(concat(outside, bare), profiles.auth)).toEqual(['outside/p/t-x=7', '!no_time']);
    const bareSigned = signed('alice', gauge(1));
    expect(outcome(concat(outside, bareSigned), profiles.auth)).toEqual(['outside/p/t-x=7', '!no_time']);
    // without an AuthFile the signature is as if it were not there
    expect(outcome(concat(outside, bareSigned), profiles.none)).toEqual(['outside/p/t-x=7', 'outside/p/t-x=1']);
  });

  test('several encrypted parts, a signature for all that follows it', () => {
    const two = concat(encrypted('bob', plain), encrypted('alice', concat(CONTEXT, gauge(2))));
    expect(outcome(two, profiles.encrypt)).toEqual(['bob: h/p/t=1', 'alice: h/p/t=2']);
    expect(outcome(signed('alice', two), profiles.sign)).toEqual(['bob: h/p/t=1', 'alice: h/p/t=2']);
    expect(outcome(concat(two, plain), profiles.none)).toEqual(['!no_auth_file']);
  });

  test('one inside the other, four times at most', () => {
    expect(outcome(encrypted('bob', signed('alice', plain)), profiles.encrypt)).toEqual(['alice: h/p/t=1']);
    let nested: Buffer = plain;
    for (let i = 0; i < 4; i++) nested = encrypted('bob', nested);
    expect(outcome(nested, profiles.auth)).toEqual(['bob: h/p/t=1']);
    expect(outcome(encrypted('bob', nested), profiles.auth)).toEqual(['!nested_too_deep']);
    expect(outcome(signed('alice', nested), profiles.auth)).toEqual(['!nested_too_deep']);
  });

  test('outer fields survive what is nested', () => {
    const inner = concat(CONTEXT, text('host', 'inner'), gauge(1), encrypted('alice', plain), gauge(2));
    const datagram = concat(CONTEXT, encrypted('bob', inner), gauge(3));
    expect(outcome(datagram, profiles.auth)).toEqual([
      'bob: inner/p/t=1',
      'alice: h/p/t=1',
      'bob: inner/p/t=2',
      'h/p/t=3',
    ]);
  });

  test('protected parts of a wrong length', () => {
    const bad = ['!bad_protected_part'];
    for (const size of [1, 10, 32])
      expect(outcome(part(PART.signature, Buffer.alloc(size)), profiles.sign)).toEqual(bad);
    for (const size of [1, 2, 17, 38])
      expect(outcome(part(PART.encryption, Buffer.alloc(size)), profiles.sign)).toEqual(bad);
    // the user would end behind the part
    const longUser = Buffer.alloc(60);
    longUser.writeUInt16BE(60, 0);
    expect(outcome(part(PART.encryption, longUser), profiles.sign)).toEqual(bad);
    // no room for the checksum
    const short = Buffer.concat([Buffer.from([0, 3]), Buffer.from('bob'), Buffer.alloc(16 + 19)]);
    expect(outcome(part(PART.encryption, short), profiles.sign)).toEqual(['!wrong_checksum']);
  });

  test('a stretch of unprotected parts is one refusal', () => {
    expect(outcome(concat(plain, plain, plain), profiles.sign)).toEqual(['!not_signed']);
  });

  test('signatures that nobody can verify are counted', () => {
    const reader = new DatagramReader();
    const sink = { valueList() {}, notification() {}, refused() {} };
    for (let i = 0; i < 3; i++) reader.read(signed('alice', plain), sink);
    expect(reader.unverified).toBe(3);
  });

  test('who claims to have made a refused part', () => {
    const { problems } = decodeDatagram(signed('mal"\n', plain, Buffer.from('x')), profiles.auth);
    expect(problems).toEqual([
      { refusal: 'unknown_user', message: 'User is not in the AuthFile (user "mal"\\n")', at: 0 },
    ]);
  });

  test('a level above none needs credentials', () => {
    expect(() => new DatagramReader({ securityLevel: 'sign' })).toThrow('Security level "sign" needs credentials');
  });
});
