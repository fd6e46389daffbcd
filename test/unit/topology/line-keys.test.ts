import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromByteString } from '../../../shared/line-protocol/byte-string.ts';
import { IDENTITY_TAGS, type KeyRule, LineKeys } from '../../../shared/topology/line-keys.ts';
import { FakeLine, type FakeLineParts, FakeNames } from '../../support/fake-line.ts';

const BRIDGES = ['br-int', 'br.with.dots', 'br'];
const UUID = '11111111-1111-4111-8111-111111111111';
const LONG = '6218d1dada582183fbaac811f42aca5ac0dc483a1139cab854c898931b4cc29c';

/** The keys that a line is offered under, none of which is taken. */
function keysOf(parts: FakeLineParts, rules: KeyRule[] = [], knowsHosts = false): string[] {
  const names = new FakeNames();
  const keys = new LineKeys(names, rules, {
    node: 'node-1.example.net',
    isBridge: (name) => BRIDGES.includes(name),
    knowsHosts,
  });
  const offered: string[] = [];
  keys.find(new FakeLine(parts), ({ kind, name }) => {
    offered.push(`${kind} ${fromByteString(name)}`);
    return false;
  });
  return offered;
}

const check = (measurement: string, tags: Record<string, string>, wanted: string[], fields = {}) =>
  expect(keysOf({ measurement, tags, fields })).toEqual(wanted);

describe('Telegraf', () => {
  test('net, docker, libvirt and OpenTelemetry', () => {
    check('net', { host: 'node-1', interface: 'tap1' }, ['if tap1']);
    check('cpu', { host: 'node-1', cpu: 'cpu0', interface: 'tap1' }, []);
    check('libvirt_state', { domain_name: 'instance-1', host: 'node-1' }, ['dom instance-1']);
    // the tap's name is a field; interface_id is only its number in the XML
    check('libvirt_net', { domain_name: 'instance-1', interface_id: '0' }, ['if tap1', 'dom instance-1'], {
      name: 'tap1',
    });
    check('libvirt_block', { domain_name: 'instance-1' }, ['dom instance-1'], { name: 'vda' });
    check('docker_container_cpu', { container_name: 'c1' }, [`container ${LONG}`], { container_id: LONG });
    check('docker_container_mem', { container_id: LONG.slice(0, 12) }, [`container ${LONG.slice(0, 12)}`]);
    check('any_otel_metric', { 'container.id': LONG, 'k8s.pod.uid': UUID }, [`container ${LONG}`, `pod ${UUID}`]);
  });

  test('fields are asked for only where they tell something', () => {
    const asks = (measurement: string, tags: Record<string, string>) => {
      const line = new FakeLine({ measurement, tags });
      new LineKeys(new FakeNames(), [], { node: 'n', isBridge: () => false, knowsHosts: false }).find(line, () => true);
      return line.askedForFields;
    };
    expect(asks('net', { interface: 'a' })).toBe(false);
    expect(asks('libvirt_state', { domain_name: 'a' })).toBe(false);
    expect(asks('cpu', {})).toBe(false);
    expect(asks('docker_container_cpu', { container_id: LONG })).toBe(false);
    expect(asks('libvirt_net', { domain_name: 'a' })).toBe(true);
  });
});

describe('exporters through inputs.prometheus', () => {
  test('node_exporter, libvirt and cAdvisor', () => {
    check('node_network_receive_bytes_total', { device: 'tap1' }, ['if tap1']);
    check('node_disk_read_bytes_total', { device: 'vda' }, []);
    check('libvirt_domain_interface_stats_receive_bytes_total', { domain: 'instance-1', target_device: 'tap1' }, [
      'if tap1',
      'dom instance-1',
    ]);
    check(
      'libvirt_domain_interface_meta',
      { domain: 'instance-1', target_device: 'tap1', virtual_interface: UUID, uuid: UUID },
      [...[`port ${UUID}`, `vm ${UUID}`, 'if tap1', 'dom instance-1']],
    );
    check('container_cpu_usage_seconds_total', { id: `/docker/${LONG}`, name: 'c1' }, [`container ${LONG}`]);
    check('container_cpu_usage_seconds_total', { id: `/kubepods/burstable/pod${UUID}/${LONG}` }, [
      `container ${LONG}`,
      `pod ${UUID}`,
    ]);
    check('container_cpu_usage_seconds_total', { id: '/' }, []);
    // metric_version = 2 puts all into one measurement
    check('prometheus', { device: 'tap1' }, ['if tap1']);
    check('prometheus', { id: `/docker/${LONG}` }, [`container ${LONG}`]);
    check('prometheus', { domain: 'instance-1', target_device: 'tap1' }, ['if tap1', 'dom instance-1']);
  });
});

describe('collectd virt', () => {
  const virt = (tags: Record<string, string>, wanted: string[]) => {
    check('collectd_virt', tags, wanted);
    const { plugin_instance, ...rest } = tags;
    const renamed = { ...rest, ...(plugin_instance !== undefined && { instance: plugin_instance }) };
    check('virt', renamed, wanted);
    check('virt_rx', renamed, wanted);
  };

  test('HostnameFormat and PluginInstanceFormat in every combination', () => {
    virt({ host: 'instance-1', type: 'memory', type_instance: 'total' }, ['dom instance-1']);
    virt({ host: UUID, type: 'memory', type_instance: 'total' }, [`vm ${UUID}`]);
    virt({ host: 'node-1', type: 'memory' }, []);
    virt({ host: 'NODE-1.elsewhere', plugin_instance: 'instance-1', type: 'memory' }, ['dom instance-1']);
    virt({ host: 'node-1', plugin_instance: UUID.toUpperCase(), type: 'memory' }, [`vm ${UUID}`]);
    virt({ host: 'node-1', plugin_instance: `instance-1:${UUID}`, type: 'memory' }, [
      `vm ${UUID}`,
      `dom instance-1:${UUID}`,
      'dom instance-1',
    ]);
    virt(
      { host: `node-1:${UUID}`, type: 'memory' },
      [`vm ${UUID}`, `dom node-1:${UUID}`].slice(0, 1).concat(`dom node-1:${UUID}`),
    );
  });

  test('a cut uuid is no key of a VM', () => {
    const cut = `${'a-long-name-of-a-domain-01'}:${UUID}`.slice(0, 61);
    expect(
      keysOf({ measurement: 'collectd_virt', tags: { host: cut, type: 'memory' } }).filter((key) =>
        key.startsWith('vm'),
      ),
    ).toEqual([]);
  });

  test('a domain may hold a colon', () => {
    virt({ host: "it's: me", type: 'memory' }, ["dom it's: me", "dom it's", 'dom  me']);
  });

  test('InterfaceFormat name and address', () => {
    virt({ host: 'instance-1', type: 'if_octets', type_instance: 'tap1' }, ['if tap1', 'dom instance-1']);
    virt({ host: 'instance-1', type: 'if_octets', type_instance: 'FA:16:3e:00:00:01' }, [
      'mac fa:16:3e:00:00:01',
      'dom instance-1',
    ]);
    virt({ host: 'instance-1', type: 'disk_octets', type_instance: 'vda' }, ['dom instance-1']);
    virt({ host: 'instance-1', type: 'if_octets' }, ['dom instance-1']);
  });

  test('the type may be part of the measurement', () => {
    check('virt_if_octets', { host: 'compute-001', plugin_instance: 'instance-1', type_instance: 'tap1' }, [
      ...['if tap1', 'dom instance-1', 'dom compute-001'],
    ]);
    check('virt_disk_octets', { host: 'instance-1', type_instance: 'vda' }, ['dom instance-1']);
  });
});

describe('collectd on the host', () => {
  test('interface', () => {
    check('collectd_interface', { host: 'node-1', plugin_instance: 'tap1', type: 'if_octets' }, ['if tap1']);
    check('interface_rx', { host: 'node-1', instance: 'tap1', type: 'if_octets' }, ['if tap1']);
    check('interface', { host: 'node-1', instance: 'tap1', type: 'if_octets' }, ['if tap1']);
    // of another program
    check('interface', { agent_host: 'switch-1', instance: 'eth0' }, []);
  });

  test('ovs_stats: the longest known bridge is taken away', () => {
    const ovs = (instance: string, wanted: string[]) => {
      check('collectd_ovs_stats', { host: 'node-1', plugin_instance: instance, type: 'if_octets' }, wanted);
      check('ovs_stats_rx', { host: 'node-1', instance, type: 'if_octets' }, wanted);
      check('ovs_stats', { host: 'node-1', instance, type: 'if_octets' }, wanted);
    };
    ovs('br-int.tap1', ['if tap1']);
    ovs('br-int.br-int', ['if br-int']);
    ovs('br.with.dots.tap1', ['if tap1']);
    ovs('br-int.eth0.100', ['if eth0.100', 'if 100']);
    // bond and member
    ovs('br-int.bond0.eth1', ['if bond0.eth1', 'if eth1']);
    // no such bridge: every dot may be its end, the longest bridge first
    ovs('unknown.eth0.100', ['if 100', 'if eth0.100']);
    ovs('tap1', []);
  });

  test('what Open vSwitch itself says is more exact', () => {
    check('collectd_ovs_stats', { plugin_instance: 'br-int.tap1', 'iface-id0': UUID, 'vm-uuid0': UUID }, [
      `port ${UUID}`,
      `vm ${UUID}`,
      'if tap1',
    ]);
    check('ovs_events_value', { instance: 'tap1', type: 'gauge', type_instance: 'link_status' }, ['if tap1']);
  });
});

describe("the operator's keys", () => {
  const line = {
    measurement: 'virt_if_octets',
    tags: { host: 'compute-001', type_instance: 'tap1', vif: UUID, other: 'x' },
  };

  test('come after the known ones, in their order, and nothing is tried twice', () => {
    const rules: KeyRule[] = [
      { tag: 'type_instance', kind: 'if' },
      { tag: 'other', kind: 'dom' },
      { tag: 'vif', kind: 'port' },
      { tag: 'absent', kind: 'port' },
    ];
    expect(keysOf(line, rules)).toEqual(['if tap1', 'dom compute-001', 'dom x', `port ${UUID}`]);
  });

  test('may be bound to measurements', () => {
    expect(keysOf(line, [{ tag: 'other', kind: 'if', measurement: 'virt_*' }])).toContain('if x');
    expect(keysOf(line, [{ tag: 'other', kind: 'if', measurement: 'net' }])).not.toContain('if x');
  });

  test('the host is last, where hosts are known', () => {
    expect(keysOf({ measurement: 'cpu', tags: { host: 'web-1' } }, [], true)).toEqual(['node web-1']);
    expect(keysOf(line, [], true).at(-1)).toBe('node compute-001');
  });
});

test('every identity that collectd wrote about a VM is found, in all four namings', () => {
  const TAPS = ['tapa5f78d67-90', 'tap61bf85f9-42'];
  const NAMED = new Set([...TAPS, 'fa:16:3e:00:00:01', 'fa:16:3e:00:00:02', 'plain-vm']);
  const folder = new URL('../../fixtures/recorded-node/captured/collectd/', import.meta.url);
  for (const file of ['default', 'hostname-format-hostname_plugin-instance-format-name', 'interface-format-address']) {
    for (const row of readFileSync(new URL(`${file}.jsonl`, folder), 'utf8')
      .trim()
      .split('\n')) {
      const { host, plugin, plugin_instance, type, type_instance, dsnames } = JSON.parse(row);
      const tags = (instance: string) =>
        Object.fromEntries(
          Object.entries({ host, [instance]: plugin_instance, type, type_instance }).filter(
            ([, value]) => value !== '',
          ),
        );
      const namings: FakeLineParts[] = [
        { measurement: `collectd_${plugin}`, tags: tags('plugin_instance') },
        { measurement: plugin, tags: tags('instance') },
        ...dsnames.map((name: string) => ({ measurement: `${plugin}_${name}`, tags: tags('instance') })),
      ];
      const [first, ...others] = namings.map((naming) => keysOf(naming).join('; '));
      for (const other of others) expect(other).toBe(first);
      const isAboutVm = plugin === 'virt' || TAPS.some((tap) => plugin_instance.endsWith(tap));
      const names = (first ?? '').split('; ').map((key) => key.slice(key.indexOf(' ') + 1));
      expect(names.some((name) => NAMED.has(name) || name.startsWith('instance-0000000'))).toBe(isAboutVm);
    }
  }
});

test('the list of identity tags is complete', () => {
  const asked = new Set<string>();
  const names = new FakeNames();
  const noting = { of: (key: string) => names.of(asked.add(key) && key) };
  new LineKeys(noting, [], { node: 'n', isBridge: () => false, knowsHosts: true });
  expect([...asked].toSorted()).toEqual([...IDENTITY_TAGS].toSorted());
});
