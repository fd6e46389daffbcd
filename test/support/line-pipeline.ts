import { DecisionMemory } from '../../shared/line-protocol/decision-memory.ts';
import { Framer } from '../../shared/line-protocol/framer.ts';
import { createKernel, READ_SIZE } from '../../shared/line-protocol/kernel.ts';
import type { Countable, LineView, TagNames } from '../../shared/line-protocol/line-view.ts';
import { createTagNames } from '../../shared/line-protocol/tag-names.ts';
import { Pipeline, type Stage } from '../../shared/plugin/pipeline.ts';

/** The real way of a line in memory: framer, kernel, pipeline, decisions; without processes. */
export class LinePipeline {
  readonly #kernel = createKernel(4 * 1024 * 1024);
  /** To be asked for names before the first line. */
  readonly names: TagNames = createTagNames(this.#kernel);
  /** What was counted in the last run, in order. */
  counted: Countable[] = [];
  /** What stages threw in the last run. */
  thrown: unknown[] = [];

  /** Sends the input, a byte string, through these stages, and gives what is written. */
  run(input: string, ...edits: readonly ((line: LineView) => void)[]): string {
    const kernel = this.#kernel;
    this.counted = [];
    this.thrown = [];
    kernel.restart();
    const memory = new DecisionMemory(kernel, (counter, n) => {
      for (let i = 0; i < n; i++) this.counted.push(counter);
    });
    const stages = edits.map(
      (line): Stage => ({
        alias: 'stage',
        processor: { line },
        selects: () => true,
        failed: (error) => this.thrown.push(error),
      }),
    );
    let written = '';
    const sink = {
      isBlocked: false,
      write(bytes: Buffer, from: number, to: number) {
        written += bytes.toString('latin1', from, to);
        return to;
      },
      hold() {},
    };
    const passing = { bad: () => false, overlong: () => false };
    const pipeline = new Pipeline(kernel, stages, memory, passing, sink, () => 0);
    const framer = new Framer(kernel, pipeline, {
      decide: 1,
      begin() {
        memory.beginBatch();
        return 0;
      },
    });
    const bytes = Buffer.from(input, 'latin1');
    for (let at = 0; at < bytes.length; at += READ_SIZE) {
      const chunk = bytes.subarray(at, at + READ_SIZE);
      kernel.bytes.set(chunk, kernel.readAt);
      framer.received(chunk.length);
    }
    framer.end();
    memory.fold();
    return written;
  }
}
