import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TopologyTagger } from '../../../plugins/topology_tagger/topology-tagger.ts';
import { readToml } from '../../../shared/config/toml-document.ts';
import { loadFileReaders } from '../../../shared/topology/file-readers.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { FakeLine } from '../../support/fake-line.ts';
import { pageBlocks } from '../../support/page-blocks.ts';

const READERS = await loadFileReaders({ snapshot: '', static: '' });

const PAGE = readFileSync(new URL('../../../plugins/topology_tagger/README.md', import.meta.url), 'utf8');

function parts(text: string) {
  const [head = ''] = text.split(' ');
  const [measurement = '', ...tags] = head.split(',');
  return { measurement, tags: Object.fromEntries(tags.map((tag) => tag.split('=') as [string, string])) };
}

test('the example of the page is what its files give', () => {
  const file = (name: string) => pageBlocks(PAGE).find(({ mark }) => mark?.subject.endsWith(name))?.text ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'topology.toml');
  writeFileSync(path, file('/topology.toml'));
  const { root } = readToml(file('/topology-tagger.conf'));
  const [{ tags } = { tags: [] }] = (root.processors as unknown as { topology_tagger: { tags: string[] }[] })
    .topology_tagger;
  const context = new FakeContext();
  const options = {
    existing: 'replace',
    grace: 30_000,
    max_values: 2000,
    max_snapshot_bytes: 1024,
    poll_interval: 3_600_000,
  } as const;
  const tagger = new TopologyTagger({ ...options, static: path, node: 'node-1', tags, key: [] }, context, READERS);
  try {
    const rows = (/```diff\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '').trim().split('\n');
    expect(rows.length).toBeGreaterThan(4);
    for (let row = 0; row < rows.length; row += 2) {
      const line = new FakeLine(parts((rows[row] ?? '').slice(2)));
      tagger.line(line);
      expect(line.tags).toEqual(parts((rows[row + 1] ?? '').slice(2)).tags);
    }
  } finally {
    tagger.stop();
    rmSync(folder, { recursive: true });
  }
});

test('every counter and gauge stands on the page', () => {
  const context = new FakeContext();
  const options = {
    existing: 'replace',
    grace: 0,
    max_values: 1,
    max_snapshot_bytes: 1024,
    poll_interval: 3_600_000,
  } as const;
  const tagger = new TopologyTagger(
    { ...options, static: '/nowhere', snapshot: '/nowhere', node: 'n', tags: ['vm_id'], key: [] },
    context,
    READERS,
  );
  tagger.stop();
  const metrics = /## Metrics\n([\s\S]*?)\n## /.exec(PAGE)?.[1] ?? '';
  for (const name of context.stats.names) {
    const short = name.replace(/^topology_(lookups|misses)/, '');
    const known = metrics.includes(`\`${name}\``) || metrics.includes(`\`${short}\``) || /snapshot_errors_/.test(name);
    expect([name, known]).toEqual([name, true]);
  }
});
