/** Lines worth showing, by what they show. The first line that fits is taken. */
export const EXAMPLES: readonly { readonly title: string; readonly fits: (line: string, host: string) => boolean }[] = [
  {
    title: 'This machine, measured just now: its server and place',
    fits: (line, host) => line.startsWith('cpu,') && line.includes(`host=${host},`) && line.includes('cpu-total'),
  },
  {
    title: 'Telegraf net: the tap device leads to the port, the VM and its project',
    fits: (line) => line.startsWith('net,') && line.includes('interface=tapa5f78d67-90'),
  },
  {
    title: 'collectd virt: the same, whatever the reader of collectd calls the tags',
    fits: (line) => line.startsWith('collectd_virt,') && line.includes('type=if_octets,type_instance=tap61bf85f9-42'),
  },
  {
    title: 'collectd ovs_stats: bridge and port in one tag',
    fits: (line) => line.startsWith('ovs_stats_rx,') && line.includes('instance=br-int.tapa5f78d67-90'),
  },
  {
    title: 'Telegraf libvirt: the tap is a field here, the domain a tag',
    fits: (line) => line.startsWith('libvirt_net,domain_name=instance-00000002'),
  },
  {
    title: 'A VM whose name has a newline and turns the direction of writing: cleaned',
    fits: (line) => line.startsWith('libvirt_state,domain_name=instance-00000005'),
  },
  {
    title: 'A guest claims to belong to another service: replaced, and counted',
    fits: (line) => line.startsWith('mpegdash_service,') && line.includes('sfc=bank_core'),
  },
];
