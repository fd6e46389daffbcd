import { compileGlob } from '../config/glob.ts';
import { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
import type { LineView, MeasurementQuestion, TagName, TagNames } from '../line-protocol/line-view.ts';
import { KEY_KINDS, type KeyKind } from './kinds.ts';
import { sameNode } from './node-name.ts';
import { isMac, isUuid, normalName } from './normal-name.ts';
import type { TopologyKey } from './resolve.ts';

/** A tag that says who a line is about, besides those that are known here. */
export interface KeyRule {
  readonly tag: string;
  readonly kind: KeyKind;
  /** Glob of the measurements in which it does; undefined: in all. */
  readonly measurement?: string;
}

/** Takes a key, saying whether it is the one; `from` names where in the line it stands, for `--explain`. */
export type TakeKey = (key: TopologyKey, from: string) => boolean;

/** What the finder has to know about the node. */
export interface Surroundings {
  /** The own node, which no domain is called like. */
  readonly node: string;
  /** Whether there is a bridge of this name. */
  isBridge(name: ByteString): boolean;
  /** Whether anything is known about hosts. */
  readonly knowsHosts: boolean;
}

/** One way in which a line can tell who it is about. */
interface Finder {
  readonly kind: KeyKind;
  find(line: LineView, offer: (name: ByteString | undefined, from: string) => boolean): boolean;
}

type HasMeasurement = (measurement: ByteString) => boolean;

/** The measurements of one program, and how it names things. */
interface Family {
  readonly has: HasMeasurement;
  /** Made when the first of its lines comes: no node has all of these programs. */
  readonly finders: () => readonly Finder[];
}

/** The tags by which lines are recognised without any rule. */
export const IDENTITY_TAGS: readonly string[] = [
  ...['host', 'plugin_instance', 'instance', 'type', 'type_instance'],
  ...['iface-id0', 'iface-id', 'vm-uuid0', 'vm-uuid'],
  ...['interface', 'domain_name', 'domain', 'target_device', 'virtual_interface', 'uuid', 'device'],
  ...['container.id', 'container_id', 'k8s.pod.uid', 'id'],
];

/**
 * Finds out by what a line can be recognised, in all the ways in which Telegraf, collectd and the common exporters name things,
 * and offers it from the most exact to the weakest: port, VM, container, pod, interface, MAC, domain, then the operator's keys
 * in their order, then the host.
 */
export class LineKeys {
  readonly #families: readonly Family[];
  readonly #anyLine: readonly Finder[];
  readonly #made = new Map<Family, readonly Finder[]>();
  readonly #finders: MeasurementQuestion<readonly Finder[]> = { of: (measurement) => this.#findersOf(measurement) };
  readonly #rules: readonly {
    tag: TagName;
    kind: KeyKind;
    applies: MeasurementQuestion<boolean> | undefined;
    from: string;
  }[];
  readonly #host: TagName;
  readonly #around: Surroundings;

  /** @param rules in their order. */
  constructor(names: TagNames, rules: readonly KeyRule[], around: Surroundings) {
    // all of them now: lines are scanned for the names that were asked for before
    const tags = new Map(IDENTITY_TAGS.map((tag) => [tag, names.of(tag)]));
    const finders = new Finders(tags, around);
    this.#anyLine = byExactness(finders.anyLine());
    this.#families = finders.families();
    this.#rules = rules.map(({ tag, kind, measurement }) => ({
      tag: names.of(tag),
      kind,
      from: fromTag(names.of(tag)),
      applies: measurement === undefined ? undefined : matching(measurement),
    }));
    this.#host = names.of('host');
    this.#around = around;
  }

  /** Offers keys until one is taken; false when none was. No key is offered twice. */
  find(line: LineView, take: TakeKey): boolean {
    const offered: TopologyKey[] = [];
    const offer = (kind: KeyKind, name: ByteString | undefined, from: string): boolean => {
      if (name === undefined || name === '') return false;
      for (const key of offered) if (key.name === name && key.kind === kind) return false;
      const key = { kind, name };
      offered.push(key);
      return take(key, from);
    };
    for (const finder of line.answer(this.#finders)) {
      if (finder.find(line, (name, from) => offer(finder.kind, name, from))) return true;
    }
    for (const rule of this.#rules) {
      if (rule.applies && !line.answer(rule.applies)) continue;
      const value = line.tag(rule.tag);
      if (value !== undefined && offer(rule.kind, normalName(rule.kind, value), rule.from)) return true;
    }
    return this.#around.knowsHosts && offer('node', line.tag(this.#host), fromTag(this.#host));
  }

  #findersOf(measurement: ByteString): readonly Finder[] {
    const family = this.#families.find(({ has }) => has(measurement));
    return family ? this.#ofFamily(family) : this.#anyLine;
  }

  #ofFamily(family: Family): readonly Finder[] {
    const made = this.#made.get(family) ?? byExactness([...this.#anyLine, ...family.finders()]);
    this.#made.set(family, made);
    return made;
  }
}

function byExactness(finders: readonly Finder[]): Finder[] {
  return finders.toSorted((a, b) => KEY_KINDS.indexOf(a.kind) - KEY_KINDS.indexOf(b.kind));
}

function fromTag(tag: TagName): string {
  return `tag "${fromByteString(tag.key)}"`;
}

function matching(glob: string): MeasurementQuestion<boolean> {
  const matches = compileGlob(glob);
  return { of: (measurement) => matches(fromByteString(measurement)) };
}

/** collectd's plugins under the namings of `collectd_<plugin>`, `parsers.collectd` (split, join) and `write_influxdb_udp`. */
function ofCollectd(plugin: string): HasMeasurement {
  return (measurement) => {
    const name = withoutPrefix(measurement);
    return name.startsWith(plugin) && (name.length === plugin.length || name[plugin.length] === '_');
  };
}

function withoutPrefix(measurement: ByteString): string {
  return measurement.startsWith('collectd_') ? measurement.slice('collectd_'.length) : measurement;
}

function named(...names: readonly string[]): HasMeasurement {
  return (measurement) => names.includes(measurement);
}

function beginning(prefix: string): HasMeasurement {
  return (measurement) => measurement.startsWith(prefix);
}

/** Makes the finders of all families. */
class Finders {
  readonly #tags: ReadonlyMap<string, TagName>;
  readonly #around: Surroundings;
  readonly #host: TagName;
  readonly #type: TagName;
  readonly #typeInstance: TagName;
  /** The plugin instance: ours, then Telegraf's and `write_influxdb_udp`'s name for it (reference of parsers.collectd). */
  readonly #instances: readonly TagName[];

  /** @param tags the names of `IDENTITY_TAGS` */
  constructor(tags: ReadonlyMap<string, TagName>, around: Surroundings) {
    this.#tags = tags;
    this.#around = around;
    this.#host = this.#nameOf('host');
    this.#type = this.#nameOf('type');
    this.#typeInstance = this.#nameOf('type_instance');
    this.#instances = [this.#nameOf('plugin_instance'), this.#nameOf('instance')];
  }

  #nameOf(tag: string): TagName {
    const name = this.#tags.get(tag);
    if (name === undefined) throw new Error(`"${tag}" is missing in IDENTITY_TAGS`);
    return name;
  }

  /** What means the same wherever it stands: OpenTelemetry's resource attributes and docker's tag. */
  anyLine(): Finder[] {
    return [
      this.#tag('container', 'container.id'),
      this.#tag('container', 'container_id'),
      this.#tag('pod', 'k8s.pod.uid'),
    ];
  }

  families(): Family[] {
    return [
      { has: named('net', 'ethtool'), finders: () => [this.#tag('if', 'interface')] },
      { has: ofCollectd('virt'), finders: () => this.#virt() },
      { has: ofCollectd('interface'), finders: () => [this.#instanceOfInterface()] },
      { has: ofCollectd('ovs_stats'), finders: () => [...this.#openVSwitch(), this.#portOfBridge()] },
      { has: ofCollectd('ovs_events'), finders: () => [...this.#openVSwitch(), this.#instance('if')] },
      { has: beginning('libvirt_'), finders: () => [...this.#libvirt(), this.#tag('dom', 'domain_name')] },
      { has: beginning('docker_container_'), finders: () => [this.#field('container', () => true, 'container_id')] },
      { has: beginning('node_network_'), finders: () => [this.#tag('if', 'device')] },
      { has: beginning('container_'), finders: () => this.#cadvisor() },
      // inputs.prometheus with metric_version = 2: all exporters in one measurement
      {
        has: named('prometheus'),
        finders: () => [...this.#cadvisor(), ...this.#libvirt(), this.#tag('if', 'device')],
      },
    ];
  }

  #tag(kind: KeyKind, tag: string): Finder {
    const name = this.#nameOf(tag);
    const from = fromTag(name);
    return {
      kind,
      find(line, offer) {
        const value = line.tag(name);
        return value !== undefined && offer(normalName(kind, value), from);
      },
    };
  }

  /** A string field. Lines with one are looked at one by one, so it is asked for last and only where nothing else tells. */
  #field(kind: KeyKind, has: HasMeasurement, field: string): Finder {
    const key = toByteString(field);
    const isOfIt: MeasurementQuestion<boolean> = { of: has };
    return {
      kind,
      find(line, offer) {
        if (!line.answer(isOfIt)) return false;
        const value = line.field(key);
        return value?.kind === 'string' && offer(normalName(kind, value.value), `field "${field}"`);
      },
    };
  }

  #instance(kind: KeyKind): Finder {
    const tags = this.#instances;
    return {
      kind,
      find(line, offer) {
        return tags.some((tag) => {
          const value = line.tag(tag);
          return value !== undefined && offer(value, fromTag(tag));
        });
      },
    };
  }

  /** collectd's interface plugin: only its own types, as other programs call a measurement `interface`, too. */
  #instanceOfInterface(): Finder {
    const instance = this.#instance('if');
    const isInterfaceValue = this.#isInterfaceValue('interface');
    return { kind: 'if', find: (line, offer) => isInterfaceValue(line) && instance.find(line, offer) };
  }

  /** Whether the type is one of an interface: the tag, or else the end of the measurement. */
  #isInterfaceValue(plugin: string): (line: LineView) => boolean {
    const inMeasurement: MeasurementQuestion<boolean> = {
      of: (measurement) => withoutPrefix(measurement).startsWith(`${plugin}_if_`),
    };
    return (line) => line.tag(this.#type)?.startsWith('if_') ?? line.answer(inMeasurement);
  }

  /**
   * collectd's virt plugin. HostnameFormat and PluginInstanceFormat make host and plugin instance of name, uuid, metadata and
   * hostname, several joined by ":" (src/virt.c); InterfaceFormat makes the type instance a tap name or a MAC address. A display
   * name from the metadata is no key: it is looked up like a domain and not found.
   */
  #virt(): Finder[] {
    const tags = [...this.#instances, this.#host].map((tag) => ({ tag, from: fromTag(tag) }));
    const values = (line: LineView) => {
      const present: { value: ByteString; from: string }[] = [];
      for (const { tag, from } of tags) {
        const value = line.tag(tag);
        if (value !== undefined) present.push({ value, from });
      }
      return present;
    };
    const isInterfaceValue = this.#isInterfaceValue('virt');
    const typeInstance = (line: LineView) => (isInterfaceValue(line) ? line.tag(this.#typeInstance) : undefined);
    const from = fromTag(this.#typeInstance);
    const around = this.#around;
    return [
      {
        kind: 'vm',
        find: (line, offer) =>
          values(line).some((each) =>
            partsOf(each.value).some((part) => isUuid(part) && offer(normalName('vm', part), each.from)),
          ),
      },
      {
        kind: 'if',
        find(line, offer) {
          const value = typeInstance(line);
          return value !== undefined && !isMac(value) && offer(value, from);
        },
      },
      {
        kind: 'mac',
        find(line, offer) {
          const value = typeInstance(line);
          return value !== undefined && offer(normalName('mac', value), from);
        },
      },
      {
        kind: 'dom',
        find: (line, offer) =>
          values(line).some((each) =>
            // a name may hold a colon itself
            [each.value, ...partsOf(each.value)].some(
              (part) => !isUuid(part) && !sameNode(part, around.node) && offer(part, each.from),
            ),
          ),
      },
    ];
  }

  /** What collectd's Open vSwitch plugins know about a port; parsers that keep meta data make tags of it. */
  #openVSwitch(): Finder[] {
    return [
      this.#tag('port', 'iface-id0'),
      this.#tag('port', 'iface-id'),
      this.#tag('vm', 'vm-uuid0'),
      this.#tag('vm', 'vm-uuid'),
    ];
  }

  /**
   * ovs_stats joins bridge, port and, for bonds, interface by dots, and each of them may hold dots. So the longest
   * known bridge is taken away first; without one, every dot can be the end of the bridge.
   */
  #portOfBridge(): Finder {
    const tags = this.#instances;
    const { isBridge } = this.#around;
    return {
      kind: 'if',
      find(line, offer) {
        return tags.some((tag) => {
          const value = line.tag(tag);
          return value !== undefined && afterBridge(value, isBridge).some((name) => offer(name, fromTag(tag)));
        });
      },
    };
  }

  /** Telegraf's inputs.libvirt (the tap's name is a field) and the libvirt exporters. */
  #libvirt(): Finder[] {
    return [
      this.#tag('port', 'virtual_interface'),
      this.#tag('vm', 'uuid'),
      this.#tag('if', 'target_device'),
      this.#field('if', named('libvirt_net'), 'name'),
      this.#tag('dom', 'domain'),
    ];
  }

  /** cAdvisor's label `id` is the path of the cgroup. */
  #cadvisor(): Finder[] {
    return [this.#tag('container', 'id'), this.#tag('pod', 'id')];
  }
}

function partsOf(value: ByteString): ByteString[] {
  return value.includes(':') ? (value.split(':') as ByteString[]) : [value];
}

function afterBridge(value: ByteString, isBridge: (name: ByteString) => boolean): ByteString[] {
  const dots: number[] = [];
  for (let dot = value.lastIndexOf('.'); dot > 0; dot = value.lastIndexOf('.', dot - 1)) dots.push(dot);
  const known = dots.find((dot) => isBridge(value.slice(0, dot) as ByteString));
  const starts = known === undefined ? dots : dots.filter((dot) => dot >= known).toReversed();
  return starts.map((dot) => value.slice(dot + 1) as ByteString);
}
