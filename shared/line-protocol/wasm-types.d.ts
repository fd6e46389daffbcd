/** What AssemblyScript calls a 32-bit integer; lets `kernel/layout.ts` be read by both compilers. */
declare type i32 = number;

/** The part of WebAssembly's JavaScript interface that is used; @types/node 20 leaves it to the DOM's types. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: unknown;
  }
}
