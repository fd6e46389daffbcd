import { Framer } from '../../../shared/line-protocol/framer.ts';
import { ROW_SIZE, ROWS } from '../../../shared/line-protocol/kernel/layout.ts';
import { createKernel, type Kernel } from '../../../shared/line-protocol/kernel.ts';

/** What the kernel makes of some chunks. */
interface KernelFraming {
  /** Each with its newline. */
  records: string[];
  /** What was passed on without being framed, for its length. */
  overlong: string;
}

/** Frames chunks with one kernel, which starts anew every time. */
export class KernelFramer {
  readonly #kernel: Kernel;

  constructor(maxLineBytes = 65536) {
    this.#kernel = createKernel(maxLineBytes);
  }

  frame(chunks: readonly Uint8Array[]): KernelFraming {
    const kernel = this.#kernel;
    const framing: KernelFraming = { records: [], overlong: '' };
    const text = (from: number, to: number) => kernel.bytes.toString('latin1', from, to);
    const passed = (from: number, to: number) => {
      framing.overlong += text(from, to);
    };
    const batch = (rows: number) => {
      for (let row = 0; row < rows; row++) {
        const at = (ROWS + row * ROW_SIZE) >> 2;
        framing.records.push(text(kernel.i32[at] ?? 0, kernel.i32[at + 3] ?? 0));
      }
    };
    kernel.restart();
    const sink = { batch, overlong: passed, overlongPart: passed };
    const framer = new Framer(kernel, sink, { decide: 0, begin: () => 0 });
    for (const chunk of chunks) {
      kernel.bytes.set(chunk, kernel.readAt);
      framer.received(chunk.length);
    }
    framer.end();
    return framing;
  }
}
