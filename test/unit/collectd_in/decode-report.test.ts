import { expect, test } from 'vitest';
import { DecodeReport } from '../../../plugins/collectd_in/decode-report.ts';
import type { DatagramReader } from '../../../shared/collectd-protocol/datagram-reader.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { FakeContext } from '../../support/fake-context.ts';

const standing = (host: string, claimedUser?: string) =>
  ({
    identifier: () => ({
      host: toByteString(host),
      plugin: toByteString('p'),
      pluginInstance: toByteString('pi'),
      type: toByteString('t'),
      typeInstance: toByteString(''),
    }),
    user: undefined,
    claimedUser: claimedUser === undefined ? undefined : toByteString(claimedUser),
  }) as DatagramReader;

test('trouble is told with sender, place, identifier and user', () => {
  const context = new FakeContext();
  const report = new DecodeReport(context.log, false);
  report.sourceOf = () => 'datagram of ::1 port 5';
  report.refused('unknown_user', standing('h', 'eve\x1b[2J'), 17);
  report.noticed('cleaned', standing('h\n'));
  expect(context.said).toEqual([
    'T unknown_user: User is not in the AuthFile (user "eve\\x1b[2J"); datagram of ::1 port 5, byte 17, at "h/p-pi/t"',
    'T cleaned: Name holds bytes that cannot stand in a line; they are left out; datagram of ::1 port 5, at "h\\n/p-pi/t"',
  ]);
  expect(report.takeComments()).toBe('');
});

test('the same trouble in one turn is counted, without a text of its own', () => {
  const context = new FakeContext();
  const report = new DecodeReport(context.log, false);
  const places = () => context.said.map((text) => /at "(\w+)/.exec(text)?.[1]);
  for (const host of ['a', 'b', 'c']) report.noticed('unknown_type', standing(host));
  expect(places()).toEqual(['a', 'a', 'a']);
  report.nextTurn();
  report.noticed('unknown_type', standing('d'));
  expect(places()).toEqual(['a', 'a', 'a', 'd']);
});

test('what is ordinary is explained, and not logged', () => {
  const context = new FakeContext();
  const report = new DecodeReport(context.log, true);
  report.sourceOf = () => 'datagram 3';
  report.noticed('not_finite', standing('a'));
  report.noticed('unknown_type', standing('b'));
  report.comment('line 4: none');
  expect(context.said).toHaveLength(1);
  expect(report.takeComments()).toBe(
    '# datagram 3, at "a/p-pi/t": Value is NaN or infinite, which line protocol does not know; it is left out\n' +
      '# datagram 3, at "b/p-pi/t": Type is not in types.db; its values are called by their index\n' +
      '# line 4: none\n',
  );
  expect(report.takeComments()).toBe('');
});
