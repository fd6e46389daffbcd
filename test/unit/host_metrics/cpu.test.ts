import { expect, test } from 'vitest';
import { cpuUsage, parseCpuTicks } from '../../../examples/write-a-plugin/host_metrics/cpu.ts';

const STAT = `cpu  15061 10 5522 203613 514 0 77 30 6 4
cpu0 6889 4 2527 102935 27 0 21 13 2 1
cpu1 8172 6 2995 100678 487 0 56 17 4 3
intr 504396 0 0 0
ctxt 985705
btime 1795266894
`;

const ticksOf = (line: string) => {
  const [ticks] = parseCpuTicks(line);
  if (!ticks) throw new Error(`no CPU in ${line}`);
  return ticks;
};

test('the CPUs of /proc/stat, the total last', () => {
  const cpus = parseCpuTicks(STAT);
  expect(cpus.map(({ cpu }) => cpu)).toEqual(['cpu0', 'cpu1', 'cpu-total']);
  expect(cpus[2]?.ticks).toEqual([15061n, 10n, 5522n, 203613n, 514n, 0n, 77n, 30n, 6n, 4n]);
});

test('odd lines of /proc/stat', () => {
  const check = (text: string, expected: string[]) =>
    expect(parseCpuTicks(text).map(({ cpu }) => cpu)).toEqual(expected);

  // nothing, something else, cut in the middle
  check('', []);
  check('cpufreq 1 2 3 4\n', []);
  check('cpu0 1 2 3\n', []);
  check('cpu0 1 2 x 4\n', []);
  check('xcpu0 1 2 3 4\n', []);

  // Linux 2.4 has four columns; a later kernel may have more than we know
  check('cpu  1 2 3 4\ncpu0 1 2 3 4\n', ['cpu0', 'cpu-total']);
  check('cpu 1 2 3 4 5 6 7 8 9 10 11 12\n', ['cpu-total']);

  // an offline CPU has no line
  check('cpu 1 2 3 4\ncpu0 1 2 3 4\ncpu7 1 2 3 4\n', ['cpu0', 'cpu7', 'cpu-total']);
});

test('ticks are exact beyond the integers of a double', () => {
  const before = ticksOf('cpu0 9007199254740993 0 0 18446744073709551612\n');
  const after = ticksOf('cpu0 9007199254740994 0 0 18446744073709551615\n');
  expect(cpuUsage(before, after)).toMatchObject({
    user: 25,
    idle: 75,
    active: 25,
  });
});

test('shares of the time between two readings', () => {
  const check = (before: string, after: string, expected: object | undefined) => {
    const usage = cpuUsage(ticksOf(`cpu0 ${before}\n`), ticksOf(`cpu0 ${after}\n`));
    if (expected === undefined) expect(usage).toBeUndefined();
    else expect(usage).toMatchObject(expected);
  };

  //     user nice system idle iowait irq softirq steal guest guest_nice
  check('0 0 0 0 0 0 0 0 0 0', '10 20 30 140 0 0 0 0 0 0', {
    user: 5,
    nice: 10,
    system: 15,
    idle: 70,
    active: 30,
  });
  check('0 0 0 0 0 0 0 0 0 0', '0 0 0 50 10 10 10 20 0 0', {
    idle: 50,
    iowait: 10,
    irq: 10,
    softirq: 10,
    steal: 20,
    active: 50,
  });

  // the kernel counts guest time in user too: it must not count twice
  check('0 0 0 0 0 0 0 0 0 0', '50 20 0 30 0 0 0 0 40 20', {
    user: 10,
    guest: 40,
    nice: 0,
    guest_nice: 20,
    idle: 30,
    active: 70,
  });

  // iowait may go backwards; the others still add up to 100
  check('0 0 0 0 9 0 0 0 0 0', '50 0 0 50 4 0 0 0 0 0', {
    user: 50,
    idle: 50,
    iowait: 0,
  });

  // no tick in between, and a CPU that was taken away and came back
  check('1 2 3 4', '1 2 3 4', undefined);
  check('100 200 300 400', '1 2 3 4', undefined);
});

test('the ten shares add up to 100', () => {
  const usage = cpuUsage(ticksOf('cpu0 3 1 4 1 5 9 2 6 1 1\n'), ticksOf('cpu0 31 41 59 26 53 58 97 93 2 3\n'));
  const { active, ...states } = usage ?? {};
  expect(Object.values(states).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 9);
});
