import { describe, expect, test } from 'vitest';
import type { ReaderOptions } from '../../../shared/collectd-protocol/datagram-reader.ts';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import type { Refusal } from '../../../shared/collectd-protocol/refusals.ts';
import { listsAsDispatched, notificationsAsDispatched } from './as-dispatched.ts';
import { type Dispatched, dispatched, recordedCredentials, recordedDatagrams, recordedTypes } from './recorded.ts';

const types = recordedTypes();
const credentials = recordedCredentials();

/** A receiver's settings; `none` has no AuthFile, all others have one. */
type Profile = 'none' | 'none+auth' | 'sign' | 'encrypt';

function options(profile: Profile): ReaderOptions {
  if (profile === 'none') return {};
  return { credentials, securityLevel: profile === 'none+auth' ? 'none' : profile };
}

function check(datagrams: readonly Buffer[], profile: Profile, expected: readonly Dispatched[]) {
  expect(datagrams).toHaveLength(expected.length);
  for (const [i, datagram] of datagrams.entries()) {
    const decoded = decodeDatagram(datagram, options(profile));
    const { values, notifications = [] } = expected[i] as Dispatched;
    expect(listsAsDispatched(decoded, types), `values of datagram ${i}`).toEqual(values.map(withoutNames));
    expect(notificationsAsDispatched(decoded), `notifications of datagram ${i}`).toEqual(notifications);
  }
}

/** The names of the data sources are types.db's and not the datagram's. */
function withoutNames(list: Dispatched['values'][number]) {
  const { dsnames, ...rest } = { dsnames: undefined, ...list };
  return rest;
}

const withoutUsers = (expected: readonly Dispatched[]) =>
  expected.map((datagram) => ({ ...datagram, values: datagram.values.map(({ username, ...list }) => list) }));
const nothing = (expected: readonly Dispatched[]) => expected.map(() => ({ values: [] }));

/** The handmade datagram of all kinds has the gauge -0.0; what expects it was written by a program that knows one zero only. */
function withSignedZero(expected: Dispatched): Dispatched {
  const values = expected.values.map((list) =>
    list.type === 'fx_mixed4' ? { ...list, values: [-0, ...list.values.slice(1)] } : list,
  );
  return { ...expected, values };
}

describe('what collectd sent is what collectd dispatched', () => {
  test.each(['plain', 'notification'])('%s', (name) => {
    const datagrams = recordedDatagrams(name);
    const expected = dispatched(name);
    check(datagrams, 'none', expected);
    check(datagrams, 'none+auth', expected);
    check(datagrams, 'sign', nothing(expected));
    check(datagrams, 'encrypt', nothing(expected));
  });

  test.each(['signed', 'notification-signed'])('%s', (name) => {
    const datagrams = recordedDatagrams(name);
    const expected = dispatched(name);
    check(datagrams, 'none', withoutUsers(expected));
    check(datagrams, 'none+auth', expected);
    check(datagrams, 'sign', expected);
    check(datagrams, 'encrypt', nothing(expected));
  });

  test.each(['encrypted', 'notification-encrypted'])('%s', (name) => {
    const datagrams = recordedDatagrams(name);
    const expected = dispatched(name);
    check(datagrams, 'none', nothing(expected));
    check(datagrams, 'none+auth', expected);
    check(datagrams, 'sign', expected);
    check(datagrams, 'encrypt', expected);
  });
});

describe('what collectd never sends is taken as collectd takes it', () => {
  test.each(['none', 'none+auth', 'sign', 'encrypt'] as const)('profile %s', (profile) => {
    check(recordedDatagrams('handmade'), profile, dispatched(`handmade.${profile}`).map(withSignedZero));
  });
});

/** What collectd's log says for a refusal; the others it refuses without a word. */
const LOGGED: Partial<Record<Refusal, readonly string[]>> = {
  truncated: ["network plugin: parse_packet: Received truncated packet, try increasing `MaxPacketSize'"],
  not_signed: ['network plugin: Unsigned packet or part has been ignored.'],
  not_encrypted: ['network plugin: Unencrypted packet or part has been ignored.'],
  no_auth_file: [
    'network plugin: Failed to get cypher. Username: bob',
    'network plugin: Decrypting AES256 part failed with status -1.',
  ],
};

test.each(['none', 'none+auth', 'sign', 'encrypt'] as const)(
  'what was refused is what collectd logged: %s',
  (profile) => {
    const logs = dispatched(`handmade.${profile}`).map(({ log = [] }) => log.map(({ msg }) => msg));
    const refusals = recordedDatagrams('handmade').map((datagram) => {
      const { problems } = decodeDatagram(datagram, options(profile));
      return problems.flatMap(({ refusal }) => LOGGED[refusal] ?? []);
    });
    expect(refusals).toEqual(logs);
  },
);
