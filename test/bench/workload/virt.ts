import { Clock } from './clock.ts';
import { domainName, HOSTS, tapNames } from './identities.ts';
import { Random } from './random.ts';

/** W2: what collectd's virt plugin reports of each tap device, four lines of about 135 bytes in each round. */
export function* virt(taps = 2000): Generator<string> {
  const random = new Random(2);
  const clock = new Clock(random);
  const names = tapNames(taps);
  const rising = (scale: number) => Math.floor(scale * (1 + clock.round / 5)) + random.below(scale);

  for (; ; clock.round++) {
    for (const [i, tap] of names.entries()) {
      const domain = i >> 1;
      const tags = `host=${HOSTS[domain % HOSTS.length]},plugin_instance=${domainName(domain)},type_instance=${tap}`;
      yield `virt_if_octets,${tags} rx=${rising(1e9)},tx=${rising(1e9)} ${clock.next()}`;
      yield `virt_if_packets,${tags} rx=${rising(1e6)},tx=${rising(1e6)} ${clock.next()}`;
      yield `virt_if_dropped,${tags} rx=${random.below(9)},tx=${random.below(9)} ${clock.next()}`;
      yield `virt_if_errors,${tags} value=${(random.below(1001) * 100) / (1000 - random.below(3))} ${clock.next()}`;
    }
  }
}
