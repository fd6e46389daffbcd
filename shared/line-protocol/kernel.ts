import { CARRY, EXACT_POWERS } from './kernel/layout.ts';
import { kernelBase64 } from './kernel-binary.ts';

/** What the kernel exports; see `kernel/*.ts` for what each promises. */
interface KernelExports {
  scan(from: number, to: number, giveUp: number, decide: number, nowMs: number): number;
  scanAside(from: number, to: number): number;
  shift(delta: number): void;
  restart(): void;
  setLimit(bytes: number): void;
  copy(first: number, last: number, from: number, to: number, out: number, outEnd: number): number;
  addName(key: number, length: number, id: number): number;
  walkHead(start: number, end: number): number;
  readFields(head: number, end: number): number;
  readColumns(first: number, rows: number): number;
  findFieldsEnd(head: number, end: number): void;
  lineTimeMs(head: number, end: number, nowMs: number): number;
  setPrecision(nanoseconds: bigint): void;
  forget(): void;
  keep(n: number): number;
  remember(start: number, end: number, decision: number): void;
  recall(notable: number, nowMs: number): number;
  addMeasurement(start: number, length: number, group: number): number;
  setGroup(measurement: number, group: number): void;
  forgetMeasurements(): void;
}

/** Bytes of one read: what a default pipe gives at most. */
export const READ_SIZE = 65536;
/** Room for lines that come from inside, such as statistics. */
export const ASIDE_SIZE = 65536;
/** Output that may wait for the reader; more goes to Node's own memory. */
const OUTPUT_SIZE = 0x200000;
/** All that a decision may insert into one record. */
const EDITS_SIZE = 0x110000;
const SLACK = 4096;
const PAGE = 65536;

/** A Buffer with the method that `toString('latin1', …)` comes down to, four times faster when called itself. Node's types leave it out. */
export interface KernelBytes extends Buffer {
  latin1Slice(start?: number, end?: number): string;
}

/**
 * The line kernel with its memory. One per process and direction: it holds one unfinished record, one batch, and what was decided.
 * Memory that is not used is not resident, so a high limit costs nothing until a line needs it.
 */
export interface Kernel extends KernelExports {
  readonly bytes: KernelBytes;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;
  /** Where input is to be put; the unfinished record stands right before it. */
  readonly readAt: number;
  readonly outAt: number;
  /** The output area up to here may hold what waits for a reader; the rest is large enough for one record with its edits. */
  readonly outSpare: number;
  readonly outEnd: number;
  readonly asideAt: number;
  /** Blocks of decisions that are made for one line only; empty again at every batch. */
  readonly editsAt: number;
  readonly editsEnd: number;
  readonly maxLineBytes: number;
}

/** The part of WebAssembly that is used; @types/node leaves its types to the browser's. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

let compiled: object | undefined;

/** @param maxLineBytes the longest record that is kept together */
export function createKernel(maxLineBytes: number): Kernel {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  // compiled once for a process: the module is a constant, only its making is late
  compiled ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
  // that a record is over the limit is seen at the end of a read: until then it may be longer by that read
  const readAt = align(CARRY + maxLineBytes + READ_SIZE + SLACK);
  const outAt = align(readAt + READ_SIZE + SLACK);
  const outSpare = align(outAt + OUTPUT_SIZE);
  // a record, and what a stage made of all its fields
  const outEnd = align(outSpare + 2 * (maxLineBytes + READ_SIZE) + EDITS_SIZE);
  const asideAt = outEnd + SLACK;
  const editsAt = align(asideAt + ASIDE_SIZE + SLACK);
  const editsEnd = editsAt + 2 * maxLineBytes + EDITS_SIZE;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((editsEnd + SLACK) / PAGE) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const { buffer } = memory;
  const kernel = exports as unknown as KernelExports;
  kernel.setLimit(maxLineBytes);
  const f64 = new Float64Array(buffer);
  for (let k = 0; k <= 22; k++) f64[(EXACT_POWERS >> 3) + k] = Number(`1e${k}`);
  return {
    ...kernel,
    bytes: Buffer.from(buffer) as KernelBytes,
    i32: new Int32Array(buffer),
    f64,
    i64: new BigInt64Array(buffer),
    u64: new BigUint64Array(buffer),
    readAt,
    outAt,
    outSpare,
    outEnd,
    asideAt,
    editsAt,
    editsEnd,
    maxLineBytes,
  };
}

function align(at: number): number {
  return (at + 4095) & ~4095;
}
