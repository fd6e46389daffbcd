// What AssemblyScript has and TypeScript has not, so that `kernel/` is checked by both compilers.
declare type i32 = number;
declare type u8 = number;
declare type u16 = number;
declare type u32 = number;
declare type f64 = number;
declare type bool = boolean;
declare function load<_T>(address: number, offset?: number): number;
declare function store<T>(address: number, value: T, offset?: number): void;
declare namespace memory {
  function size(): number;
  function grow(pages: number): number;
  function fill(address: number, byte: number, length: number): void;
}
