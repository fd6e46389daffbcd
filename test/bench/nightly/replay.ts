import { type Bench, contextStage, tagger, twoStageChain } from '../setup.ts';
import { type Digest, digestOf, linesOf } from './lines.ts';

/** A law that was checked: what, and whether it held. */
export interface Finding {
  what: string;
  holds: boolean;
}

/**
 * Many lines through topology_tagger and surrogate_context: as two processes and as a chain the same bytes, as many lines
 * out as in, and a second time nothing changes.
 */
export function replayFindings(bench: Bench, lines: number): Finding[] {
  const source = linesOf(lines);
  const run = (what: string, ...stages: string[]): Digest => {
    bench.say(`${lines} lines through ${what}`);
    return digestOf(bench.root, source, stages);
  };
  const [tag, context, chain] = [tagger(bench), contextStage(bench), twoStageChain(bench)];
  const same = (what: string, a: Digest, b: Digest): Finding => ({ what, holds: a.sha256 === b.sha256 });
  const complete = (what: string, { lines: out }: Digest): Finding => ({
    what: `${what}: ${lines} lines in, ${out} out`,
    holds: out === lines,
  });

  const untouched = run('nothing');
  const processes = run('topology_tagger | surrogate_context', tag, context);
  const chained = run('a chain of the two', chain);
  const tagged = run('topology_tagger', tag);
  const taggedTwice = run('topology_tagger twice', tag, tag);
  const withContext = run('surrogate_context', context);
  const contextTwice = run('surrogate_context twice', context, context);
  const chainedTwice = run('the chain twice', chain, chain);
  return [
    complete('source', untouched),
    complete('two processes', processes),
    complete('chain', chained),
    same('two processes and a chain give the same bytes', processes, chained),
    same('topology_tagger changes nothing the second time', tagged, taggedTwice),
    same('surrogate_context changes nothing the second time', withContext, contextTwice),
    same('the chain changes nothing the second time', chained, chainedTwice),
    {
      what: 'each stage changed something',
      holds: new Set([untouched, tagged, withContext, chained].map(({ sha256 }) => sha256)).size === 4,
    },
  ];
}
