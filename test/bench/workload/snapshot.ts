import { domainName, HOSTS, INTERFACES, NODE, ODD_HOSTS, tapNames } from './identities.ts';
import { Random } from './random.ts';

interface Entity {
  kind: string;
  id: string;
  fromMs: number | null;
  toMs: number | null;
  attrs: Record<string, string>;
  src: { name: string };
}

interface Link {
  key: string;
  kind: string;
  id: string;
  fromMs: number | null;
  toMs: number | null;
}

/** A snapshot of the topology (format `topology-snapshot/1`) and the same as rows for the peers. */
export interface Snapshot {
  json: string;
  /** `key TAB k=v,k=v`, both as they stand in a line; vm_id, vm_name and project_id, about 100 bytes. */
  table: string;
}

/** What tells one snapshot from another. */
export interface SnapshotOptions {
  taps: number;
  seq?: number;
  /** Prefix of the names of VMs. */
  vmNames?: string;
  /** Give every entity and link an interval instead of none: valid for any time of the workloads. */
  intervals?: boolean;
}

/**
 * Links for every identity in W1–W3: `if:` for taps and host interfaces (to a port, from there to a VM and a network),
 * `dom:` for libvirt domains and for the values of the tag `host`.
 */
export function snapshot({ taps, seq = 1, vmNames = 'vm', intervals = false }: SnapshotOptions): Snapshot {
  const random = new Random(4);
  const valid = intervals ? { fromMs: 1_000_000_000_000, toMs: 9_000_000_000_000 } : { fromMs: null, toMs: null };
  const entities: Entity[] = [];
  const links: Link[] = [];
  const rows: string[] = [];
  const escaped = (key: string) => key.replace(/[ ,=]/g, '\\$&');
  const addEntity = (kind: string, id: string, attrs: Record<string, string>, source: string) =>
    entities.push({ kind, id, ...valid, attrs, src: { name: source } });
  const addLink = (key: string, kind: string, id: string) => links.push({ key, kind, id, ...valid });

  const networks = Array.from({ length: 12 }, () => random.uuid());
  for (const [i, id] of networks.entries()) addEntity('network', id, { name: `net-${i + 1}` }, 'openstack');
  const projects = Array.from({ length: 24 }, (_, i) => ({ project_id: random.hex(32), project: `project-${i + 1}` }));

  let vms = 0;
  function addVm(domain: string): { id: string; tags: string } {
    const id = random.uuid();
    const name = `${vmNames}-${String(++vms).padStart(5, '0')}`;
    const project = random.pick(projects);
    addEntity('vm', id, { name, ...project, flavor: 'm1.small' }, 'libvirt');
    addLink(`dom:${NODE}/${domain}`, 'vm', id);
    const tags = `vm_id=${id},vm_name=${name},project_id=${project.project_id}`;
    rows.push(`${escaped(domain)}\t${tags}`);
    return { id, tags };
  }
  function addPort(netdev: string, vm: { id: string; tags: string }): void {
    const id = random.uuid(netdev.startsWith('tap') ? netdev.slice(3).replace('-', '') : '');
    addEntity('port', id, { mac: `fa:16:3e:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}` }, 'libvirt');
    addLink(`if:${NODE}/${netdev}`, 'port', id);
    addLink(`port:${id}`, 'vm', vm.id);
    addLink(`port:${id}`, 'network', random.pick(networks));
    rows.push(`${escaped(netdev)}\t${vm.tags}`);
  }

  const domains = Array.from({ length: Math.ceil(taps / 2) }, (_, i) => addVm(domainName(i)));
  for (const [i, tap] of tapNames(taps).entries()) addPort(tap, domains[i >> 1] as { id: string; tags: string });
  const hosts = HOSTS.map(addVm);
  for (const [i, name] of INTERFACES.entries()) addPort(name, hosts[i] as { id: string; tags: string });
  for (const host of ODD_HOSTS) if (!host.includes('\\')) addVm(host);

  const takenMs = 1_700_000_000_000 + seq;
  const source = { state: 'live', syncMs: takenMs, changeMs: takenMs, error: null };
  const sources = { libvirt: source, openstack: source };
  const head = { format: 'topology-snapshot/1', node: NODE, run: 'b3a91f02c7d84e65', seq, takenMs, sources };
  return { json: `${JSON.stringify({ ...head, entities, links })}\n`, table: `${rows.join('\n')}\n` };
}
