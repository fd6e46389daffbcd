import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { pageTables, quoted } from '../../support/page-tables.ts';
import { plugins } from '../../support/plugins.ts';
import { processTest as test } from '../../support/process-test.ts';

const NODE = fileURLToPath(new URL('../../fixtures/recorded-node/', import.meta.url));

const PROCESS = '[process]\n  stats_interval = "1h"\n';
const FILTER = '  namedrop = ["nothing"]\n';
/** Chains that have, together, every statistic: plain stages, and stages with everything. */
const CHAINS = {
  plain: `${PROCESS}
[[inputs.host_metrics]]
[[processors.topology_tagger]]
[[processors.surrogate_context]]
[[outputs.append_file]]
  file = "plain.lp"
`,
  full: `${PROCESS}
[[inputs.host_metrics]]
${FILTER}
[[processors.topology_tagger]]
${FILTER}
  snapshot = "${NODE}topology.json"
  static = "${NODE}topology.toml"
  node = "node-1"
[[processors.surrogate_context]]
${FILTER}
  context_file = "${NODE}context.toml"
  snapshot = "${NODE}topology.json"
  node = "node-1"
  [processors.surrogate_context.snapshot_keys]
    sf_pack = "metadata.sf_pack"
[[outputs.append_file]]
${FILTER}
  file = "full.lp"
`,
  collectd: `${PROCESS}
[[inputs.collectd_in]]
${FILTER}
  listen = ["udp://127.0.0.1:0"]
  types_db = []
  spool = "absent"
[[outputs.append_file]]
  file = "collectd.lp"
`,
  exec: `${PROCESS}
[[inputs.host_metrics]]
[[outputs.collectd_out]]
${FILTER}
  transport = "exec"
[[outputs.append_file]]
  file = "exec.lp"
`,
  unixsock: `${PROCESS}
[[inputs.host_metrics]]
[[outputs.collectd_out]]
  transport = "unixsock"
  socket = "absent"
[[outputs.append_file]]
  file = "unixsock.lp"
`,
  network: `${PROCESS}
[[inputs.host_metrics]]
[[outputs.collectd_out]]
  transport = "network"
  server = "udp://127.0.0.1:9"
[[outputs.append_file]]
  file = "network.lp"
`,
};

/** `internal_<plugin> <field>: <kind>` for each row of the page. */
function documented(): string[] {
  return pageTables('docs/guide/operate.md').flatMap(({ under, columns, rows }) =>
    columns[0] !== 'Field'
      ? []
      : quoted(under).flatMap((measurement) =>
          rows.flatMap(([names = '', kind]) => quoted(names).map((name) => `${measurement} ${name}: ${kind}`)),
        ),
  );
}

/** The same for each field of the statistics in the text. */
function written(text: string): string[] {
  const found = text
    .split('\n')
    .filter((line) => line.startsWith('internal_'))
    .flatMap((line) => {
      const [head = '', fields = ''] = line.split(' ');
      return fields.split(',').map((field) => {
        const [name = '', value = ''] = field.split('=');
        // a source is called as the writer of the snapshot likes
        const known = name.replace(/^topology_source_[a-z0-9]+_/, 'topology_source_<name>_');
        return `${head.split(',')[0]} ${known}: ${kindOf(value)}`;
      });
    });
  return [...new Set(found)];
}

function kindOf(value: string): 'integer' | 'text' | 'float' {
  if (value.endsWith('i')) return 'integer';
  return value.startsWith('"') ? 'text' : 'float';
}

describe('docs/guide/operate.md', () => {
  test('names every statistic that is written, with its kind, and no other', async ({ start, file, folder }) => {
    const texts: string[] = [];
    for (const [name, config] of Object.entries(CHAINS)) {
      const host = start({
        command: crosslayer('chain', '--config', file(`${name}.conf`, config), '--once', '--host', 'pipe'),
      });
      expect((await host.finished).code).toBe(0);
      texts.push(readFileSync(`${folder}/${name}.lp`, 'utf8'));
    }
    // a counter is written as any other integer
    const page = documented().map((row) => row.replace(/: counter$/, ': integer'));
    expect(page.filter((row, i) => page.indexOf(row) !== i)).toEqual([]);
    expect(page.toSorted()).toEqual(written(texts.join('')).toSorted());
  });

  test('has every plugin that there is', () => {
    const measurements = new Set(documented().map((row) => row.split(' ')[0]));
    expect([...measurements].sort()).toEqual(
      ['internal_crosslayer', ...plugins().map(({ name }) => `internal_${name}`)].sort(),
    );
  });
});
