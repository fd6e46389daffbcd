import { HASH_PRIME, HASH_START, TEXT } from './kernel/layout.ts';
import { kernelBase64 } from './kernel-binary.ts';
import { ENTITY_KINDS } from './kinds.ts';
import { SnapshotError } from './snapshot-header.ts';

/** What the kernel exports; see `kernel/index.ts` and `kernel/json.ts`. */
interface KernelExports {
  begin(end: number): number;
  readElements(position: number, links: number, first: number, stop: number): number;
  linkRows(count: number): number;
  nextName(position: number, first: number): number;
  skipBlanks(position: number): number;
  skipString(position: number): number;
  skipColon(position: number): number;
  skipValue(position: number, depth: number): number;
  setPrefixHash(kind: number, hash: number): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of WebAssembly's interface that is used; @types/node 20 leaves it to the DOM's types. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (descriptor: { initial: number }) => Memory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const PAGE = 0x10000;

/** A memory larger than this, and twice as large as what is in use, is not kept but left to the collector. */
const MAX_SPARE_BYTES = 16 * 1024 * 1024;

/** The kernel with a memory, in which one snapshot stands: its text, its rows and the table to find them. */
export class SnapshotKernel {
  readonly call: KernelExports;
  readonly #memory: Memory;
  #bytes: Buffer;
  #i32: Int32Array;
  #f64: Float64Array;

  constructor(webAssembly: WebAssemblyApi, module: object) {
    this.#memory = new webAssembly.Memory({ initial: TEXT / PAGE });
    this.call = new webAssembly.Instance(module, { env: { memory: this.#memory } }).exports as KernelExports;
    this.#bytes = Buffer.from(this.#memory.buffer);
    this.#i32 = new Int32Array(this.#memory.buffer);
    this.#f64 = new Float64Array(this.#memory.buffer);
    for (const [code, hash] of PREFIX_HASH.entries()) this.call.setPrefixHash(code, hash);
  }

  /**
   * Where the text of a file of this size should be put. What was there is gone.
   * @throws {SnapshotError} when there is no memory for it.
   */
  room(size: number): Buffer {
    const missing = TEXT + size - this.#memory.buffer.byteLength;
    try {
      if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new SnapshotError('too_large', `There is no memory for its ${size} bytes`, { cause: error });
    }
    return this.bytes.subarray(TEXT, TEXT + size);
  }

  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The memory, as it is after the last call. */
  get bytes(): Buffer {
    this.#follow();
    return this.#bytes;
  }

  get i32(): Int32Array {
    this.#follow();
    return this.#i32;
  }

  get f64(): Float64Array {
    this.#follow();
    return this.#f64;
  }

  /** A memory that has grown has another buffer, and views of the old one are empty. Asking the memory itself takes a hundred times longer. */
  #follow(): void {
    if (this.#i32.length > 0) return;
    const { buffer } = this.#memory;
    this.#bytes = Buffer.from(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#f64 = new Float64Array(buffer);
  }
}

/** Makes kernels. Keeps one that is no longer needed for the next snapshot, so that replacing costs no new memory. */
export class SnapshotKernels {
  readonly #webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  #module: object | undefined;
  #spare: SnapshotKernel | undefined;

  take(): SnapshotKernel {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#module ??= compiled(this.#webAssembly);
    return spare ?? new SnapshotKernel(this.#webAssembly, this.#module);
  }

  /** @param inUse the kernel of the snapshot in use, which says how large the next one may be. */
  giveBack(kernel: SnapshotKernel, inUse: SnapshotKernel | undefined): void {
    if (kernel.size <= Math.max(MAX_SPARE_BYTES, 2 * (inUse?.size ?? 0))) this.#spare = kernel;
  }
}

/**
 * The module, kept from V8's optimising compiler: the kernel works for some milliseconds, and optimising it costs as much CPU at the
 * start and 4 MB for good. V8 reads this flag where a module is made; 1,800,000 is its default (src/flags/flag-definitions.h).
 */
function compiled({ Module }: WebAssemblyApi): object {
  // not imported, so that a start without a snapshot need not load it
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  try {
    return new Module(Buffer.from(kernelBase64, 'base64'));
  } finally {
    setFlagsFromString('--wasm-tiering-budget=1800000');
  }
}

/** FNV-1a over the characters of a byte string, as the kernel does over bytes. */
export function hashOf(text: string, from: number = HASH_START): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), HASH_PRIME);
  return hash;
}

/** The hash of `<kind>:`, by the code of the kind. */
export const PREFIX_HASH: readonly number[] = ENTITY_KINDS.map((kind) => hashOf(`${kind}:`));
