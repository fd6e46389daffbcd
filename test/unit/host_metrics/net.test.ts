import { expect, test } from 'vitest';
import { isReported, parseNetDev, parseSpeed } from '../../../examples/write-a-plugin/host_metrics/net.ts';

const HEADER = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

test('the interfaces of /proc/net/dev', () => {
  const check = (lines: string, expected: Record<string, readonly bigint[]>) => {
    const interfaces = parseNetDev(HEADER + lines).map((each) => [
      each.interface,
      each.counters.map(([, value]) => value),
    ]);
    expect(Object.fromEntries(interfaces)).toEqual(expected);
  };

  // bytes_recv packets_recv err_in drop_in bytes_sent packets_sent err_out drop_out
  check('  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n', {
    eth0: [1n, 2n, 3n, 4n, 9n, 10n, 11n, 12n],
  });
  check(
    'eth0:330291356   12617    0    0    0     0          0         0   997564    9053    0    0    0     0       0          0\n',
    {
      eth0: [330291356n, 12617n, 0n, 0n, 997564n, 9053n, 0n, 0n],
    },
  );

  // 64 bit, an alias, a name with a point, two interfaces
  check('tap1: 18446744073709551615 0 0 0 0 0 0 0 9007199254740993 0 0 0 0 0 0 0\n', {
    tap1: [18446744073709551615n, 0n, 0n, 0n, 9007199254740993n, 0n, 0n, 0n],
  });
  check('eth0:1: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n', {
    'eth0:1': [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
  });
  check('br-int.7: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\nlo: 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n', {
    'br-int.7': [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
    lo: [2n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
  });

  // cut, not a number, no name
  check('eth0: 1 2 3\n', {});
  check('eth0: 1 2 3 4 5 6 7 8 9 10 11 x 13 14 15 16\n', {});
  check(': 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n', {});
  check('', {});
});

test('an interface is reported when it is up and no loopback', () => {
  const check = (flags: string, expected: boolean) => expect(isReported(flags)).toBe(expected);
  check('0x1003\n', true); // eth0: up, broadcast, multicast
  check('0x1002\n', false); // down
  check('0x9\n', false); // lo
  check('', false);
});

test('the speed of a link', () => {
  const check = (text: string | undefined, expected: bigint) => expect(parseSpeed(text)).toBe(expected);
  check('10000\n', 10000n);
  check('-1\n', -1n);
  check(undefined, -1n);
  check('unknown\n', -1n);
});
