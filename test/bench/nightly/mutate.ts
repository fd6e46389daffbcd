import type { Random } from '../workload/random.ts';

/** Bytes that mean something in line protocol, and some that must not. */
const SPECIAL = Buffer.from(' ,="\\\n\r\t#\0\x0b\x0c\x7f\xff\xc3i0-.', 'latin1');

/** Changes about one byte in `every`: replaces, removes, inserts or doubles, mostly with bytes that mean something. */
export function mutate(random: Random, text: Buffer, every: number): { bytes: Buffer; mutations: number } {
  const pieces: Buffer[] = [];
  let mutations = 0;
  let at = 0;
  const oneByte = () =>
    Buffer.from([random.chance(0.8) ? (SPECIAL[random.below(SPECIAL.length)] ?? 0) : random.below(256)]);
  for (;;) {
    const next = at + random.below(2 * every);
    if (next >= text.length) break;
    pieces.push(text.subarray(at, next));
    const kind = random.below(4);
    if (kind === 0)
      at = next; // inserted
    else at = next + 1; // replaced, removed
    if (kind === 2)
      at = Math.min(text.length, next + random.below(40)); // removed
    else if (kind === 3) pieces.push(text.subarray(next, next + 1 + random.below(40))); // doubled
    if (kind < 2) pieces.push(oneByte());
    mutations++;
  }
  pieces.push(text.subarray(at));
  return { bytes: Buffer.concat(pieces), mutations };
}
