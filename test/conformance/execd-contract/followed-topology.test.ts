import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';

interface Tap {
  readonly name: string;
  readonly vm: string;
}

/** A snapshot where each tap belongs to one VM; `name` and `id` of a VM carry the same mark, so that a mixture is seen. */
function snapshot(taps: readonly Tap[], seq: number, more: object = {}): string {
  return JSON.stringify({
    format: 'topology-snapshot/1',
    node: 'node-1',
    run: 'run-1',
    seq,
    takenMs: 1_795_244_331_000 + seq,
    sources: {},
    entities: taps.map(({ vm }) => ({ kind: 'vm', id: vm, fromMs: null, toMs: null, attrs: { name: `name-${vm}` } })),
    links: taps.flatMap(({ name, vm }) => [
      { key: `if:node-1/${name}`, kind: 'port', id: `port-${name}`, fromMs: null, toMs: null },
      { key: `port:port-${name}`, kind: 'vm', id: vm, fromMs: null, toMs: null },
    ]),
    ...more,
  });
}

const uuid = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;
const tapLine = (n: number, tap = 'tap0') => `net,host=node-1,interface=${tap} rx=${n}i\n`;

/** `processTest`, with a tagger that follows a snapshot. */
const test = processTest.extend<{
  path: string;
  replace: (text: string) => void;
  tagger: (more?: string) => ExecdHost;
}>({
  path: async ({ folder }, use) => {
    await use(`${folder}/topology.json`);
  },
  replace: async ({ path }, use) => {
    await use((text) => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    });
  },
  tagger: async ({ start, file, path }, use) => {
    await use((more = '') => {
      const config = `[[processors.topology_tagger]]\n  snapshot = "${path}"\n  node = "node-1"\n  tags = ["vm_id", "vm_name"]\n  poll_interval = "10ms"\n${more}`;
      return start({
        command: crosslayer('topology-tagger', '--config', file('tagger.conf', config), '--host', 'telegraf'),
      });
    });
  },
});

/** Writes lines until one comes out with the text. */
async function until(host: ExecdHost, text: string, tap = 'tap0'): Promise<void> {
  const seen = host.stdout.count;
  const flood = host.flood((n) => tapLine(n, tap));
  try {
    await host.stdout.line(text, seen);
  } finally {
    flood.stop();
    await flood.ended;
  }
}

describe('a snapshot that is followed', () => {
  test('replaced 100 times a second in full flow: no line is lost, none is tagged by halves', async ({
    replace,
    tagger,
  }) => {
    replace(snapshot([{ name: 'tap0', vm: uuid(0) }], 0));
    const host = tagger();
    const flood = host.flood((n) => tapLine(n));
    for (let seq = 1; seq <= 100; seq++) {
      replace(snapshot([{ name: 'tap0', vm: uuid(seq) }], seq));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await host.stdout.line(`vm_name=name-${uuid(100)}`);
    flood.stop();
    await flood.ended;
    await host.stop();
    await host.finished;
    expect(host.stdout.count).toBe(flood.written);
    const LINE = /^net,host=node-1,interface=tap0,vm_id=(\S+?),vm_name=name-(\S+) rx=(\d+)i/;
    const found = host.stdout.lines.map((text) => LINE.exec(text) ?? []);
    const marks = found.map(([, mark]) => Number(mark?.slice(-12)));
    expect(found.findIndex(([, mark, named]) => mark === undefined || mark !== named)).toBe(-1);
    expect(found.findIndex(([, , , rx], n) => Number(rx) !== n)).toBe(-1);
    expect(marks.findIndex((mark, n) => mark < (marks[n - 1] ?? 0))).toBe(-1);
    expect(new Set(marks).size).toBeGreaterThan(5);
  });

  test('truncated, gone, of another node or older: the last good one stays', async ({ path, replace, tagger }) => {
    const good = snapshot([{ name: 'tap0', vm: uuid(5) }], 5);
    replace(good);
    const host = tagger();
    await until(host, uuid(5));

    const stays = async (bad: () => void, told: RegExp) => {
      const seen = host.stderr.count;
      bad();
      await host.stderr.line(told, seen);
      const from = host.stdout.count;
      await host.write(tapLine(7));
      expect(await host.stdout.line('rx=7i', from)).toContain(uuid(5));
    };
    await stays(() => replace(good.slice(0, -20)), /^W! .*topology\.json/);
    await stays(() => rmSync(path), /^W! .*topology\.json/);
    await stays(() => replace(snapshot([{ name: 'tap0', vm: uuid(6) }], 6, { node: 'node-2' })), /^W! .*node-2/);
    await stays(() => replace(snapshot([{ name: 'tap0', vm: uuid(4) }], 4)), /^W! .*seq 4/);

    replace(snapshot([{ name: 'tap0', vm: uuid(1) }], 1, { run: 'run-2' })); // another run always replaces
    await until(host, uuid(1));
    await host.stop();
  });

  test('missing at the start: a warning, lines pass; used as soon as it is there', async ({ replace, tagger }) => {
    const host = tagger();
    await host.stderr.line(/^W! .*topology\.json/);
    await host.write(tapLine(1));
    expect(await host.stdout.line('rx=1i')).toBe('net,host=node-1,interface=tap0 rx=1i');
    replace(snapshot([{ name: 'tap0', vm: uuid(1) }], 1));
    await until(host, uuid(1));
    await host.stop();
  });

  test('with 100,000 taps: read without a pause that is felt, and counted', async ({ replace, tagger }) => {
    const taps = (mark: number) =>
      Array.from({ length: 100_000 }, (_, n) => ({ name: `tap${n}`, vm: uuid(mark * 1_000_000 + n) }));
    replace(snapshot(taps(1), 1));
    const host = tagger('  max_values = 200000\n');
    await until(host, uuid(1_099_999), 'tap99999');

    replace(snapshot(taps(2), 2));
    let longest = 0;
    for (let n = 0, found = false; !found; n++) {
      const from = host.stdout.count;
      const start = performance.now();
      await host.write(tapLine(n, 'tap99999'));
      found = (await host.stdout.line(` rx=${n}i`, from)).includes(uuid(2_099_999));
      longest = Math.max(longest, performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(longest, 'ms from a line to its answer').toBeLessThan(250);
    await host.stop();
  });

  test('a tap that another VM takes within a second: each line gets the owner of its own time', async ({
    replace,
    tagger,
  }) => {
    const change = 1_795_244_331_000;
    const text = JSON.parse(snapshot([{ name: 'tap0', vm: uuid(1) }], 1));
    text.entities.push({
      kind: 'vm',
      id: uuid(2),
      fromMs: change + 400,
      toMs: null,
      attrs: { name: `name-${uuid(2)}` },
    });
    text.entities[0].toMs = change;
    text.links[0].toMs = change;
    text.links[1].toMs = change;
    text.links.push(
      { key: 'if:node-1/tap0', kind: 'port', id: 'port-b', fromMs: change + 400, toMs: null },
      { key: 'port:port-b', kind: 'vm', id: uuid(2), fromMs: change + 400, toMs: null },
    );
    replace(JSON.stringify(text));
    const host = tagger();
    const at = async (ms: number, expected: string) => {
      const from = host.stdout.count;
      await host.write(`net,host=node-1,interface=tap0 rx=1i ${ms}000000\n`);
      expect(await host.stdout.line('rx=1i', from)).toBe(`net,host=node-1,interface=tap0${expected} rx=1i ${ms}000000`);
    };
    const owner = (n: number) => `,vm_id=${uuid(n)},vm_name=name-${uuid(n)}`;
    await at(change - 1, owner(1));
    await at(change + 399, ''); // grace is not for a tap that has another owner now
    await at(change + 400, owner(2));
    await at(change - 5000, owner(1)); // a late line
    await at(change + 60_000, owner(2));
    await host.stop();
  });
});
