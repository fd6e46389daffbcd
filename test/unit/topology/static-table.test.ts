import { describe, expect, test } from 'vitest';
import { readStaticTable, StaticTableError } from '../../../shared/topology/static-table.ts';
import { bytes } from './snapshot-text.ts';

function problems(text: string): readonly string[] {
  try {
    readStaticTable(text, 'topology.toml');
    return [];
  } catch (error) {
    if (error instanceof StaticTableError) return error.lines;
    throw error;
  }
}

describe('a static table', () => {
  test('lists interfaces, addresses, domains, hosts and what has an id', () => {
    const table = readStaticTable(
      `
[[interface]]
name = "tap1"
vm_name = "web-1"
project = "shop"

[[mac]]
address = "FA-16-3E-00-00-01"
vm_id = "v1"

[[domain]]
name = "instance-1"
metadata = { role = "web", tier = 2 }

[[host]]
name = "Node-1.example.net"
server = "compute01"
location = "uk.bristol"

[[vm]]
id = "v1"
[vm.label]
"com.example/team" = "front"
`,
      'topology.toml',
    );
    expect(table.size).toBe(5);
    const values = (kind: 'if' | 'mac' | 'dom' | 'node' | 'vm', name: string) =>
      Object.fromEntries(table.row(kind, bytes(name))?.values ?? []);
    expect(values('if', 'tap1')).toEqual({ vm_name: 'web-1', project: 'shop' });
    expect(table.row('if', bytes('tap1'))?.line).toBe(2);
    expect(values('mac', 'fa:16:3e:00:00:01')).toEqual({ vm_id: 'v1' });
    expect(values('dom', 'instance-1')).toEqual({ 'metadata.role': 'web', 'metadata.tier': '2' });
    expect(values('vm', 'v1')).toEqual({ 'label.com.example/team': 'front', vm_id: 'v1' });
    expect(values('node', 'node-1.example.net')).toEqual({ server: 'compute01', location: 'uk.bristol' });
    expect(values('if', 'tap2')).toEqual({});
  });

  test('finds a host with and without its domain where the table has the short name', () => {
    const table = readStaticTable('[[host]]\nname = "node-1"\nlocation = "x"\n', 'f');
    for (const name of ['node-1', 'NODE-1', 'node-1.example.net']) expect(table.row('node', bytes(name))?.line).toBe(1);
    expect(table.row('node', bytes('node-10'))).toBeUndefined();
  });

  test('tells every mistake with its line', () => {
    expect(
      problems(`[[interfaces]]
name = "a"

[[interface]]
vm_nam = "x"

[[interface]]
name = "tap1"
vm_name = ["a"]

[[interface]]
name = "tap1"

[[mac]]
address = "12:34"

[[host]]
name = 5

[domain]
name = "d"
`),
    ).toEqual([
      'topology.toml:1: Unknown table "interfaces"; did you mean "interface"?',
      'topology.toml:4: [[interface]] needs "name"',
      'topology.toml:9: "vm_name" must be a text, not a list',
      'topology.toml:11: [[interface]] "tap1" stands twice; first in line 7',
      'topology.toml:15: "12:34" is no MAC address',
      'topology.toml:18: "name" of [[host]] must be a text, not 5',
      'topology.toml:20: "domain" is a list of tables: write [[domain]]',
    ]);
    expect(problems('[[interface]]\nname = "a"\nvm_nam = "x"\n')).toEqual([
      'topology.toml:3: Unknown attribute "vm_nam"; did you mean "vm_name"?',
    ]);
    expect(problems('[[interface]\n')[0]).toMatch(/^topology.toml:[12]: Unterminated/);
  });
});
