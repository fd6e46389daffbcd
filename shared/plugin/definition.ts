import type { PluginFlag } from '../config/catalogue.ts';
import type { OptionSchema } from '../config/schema.ts';
import type { LineView, TagNames } from '../line-protocol/line-view.ts';
import type { PointWriter } from '../line-protocol/point-writer.ts';
import type { Log } from '../log/log.ts';
import type { PluginStats } from '../stats/stats.ts';

/** Who started us. Decides the log format, the way to stop and the final padding; see `host.ts`. */
export type Host = 'telegraf' | 'collectd' | 'pipe';

/** What every stage gets at its start besides its options. */
export interface StageContext {
  /** How this stage is called in logs and statistics: its `alias`, else `<plugin>`, `<plugin>#2`, … */
  readonly alias: string;
  readonly host: Host;
  readonly log: Log;
  readonly stats: PluginStats;
  /** Milliseconds since 1970, replaceable in tests. */
  readonly now: () => number;
  /** Whether `--explain` was given: an input may say in `# ` lines why it left something out. */
  readonly explain: boolean;
  /** The value of one of the definition's own flags, without its hyphens; empty for one without a value, undefined when it was not given. */
  flag(name: string): string | undefined;
  /**
   * The instance of this class that all stages of the process have in common. This is how stages of different plugins know of each other without
   * importing one another: the class lives in a room of `shared/`.
   */
  shared<T extends object>(kind: new () => T): T;
}

/** What a processor gets: also the tag names it may ask lines for. */
export interface ProcessorContext extends StageContext {
  readonly names: TagNames;
  /** Says that the stage would now decide differently about lines like those it has seen: what was remembered is dropped. */
  changed(): void;
}

/** A running processor. */
export interface Processor {
  /** Looks at one line and changes it. Never throws for bad data. Synchronous, so that order is kept. */
  line(line: LineView): void;
  /** For `--explain`: what the stage would do with the line and why, one text per output line. */
  explain?(line: LineView): string[];
  /** Ends timers and files. Called once, after the last line. */
  stop?(): void | Promise<void>;
}

/** What an input gets: a writer for points, and triggers. */
export interface InputContext extends StageContext {
  /** Points written here go down the chain when `gather` returns, or at `flush`. */
  readonly points: PointWriter;
  /** Sends what was written so far, and resolves when more may be written (back-pressure). Not to be waited for in `start`. */
  flush(): Promise<void>;
  /**
   * Sends complete lines that the input wrote itself, at once; the bytes are the caller's again afterwards. A promise says that the reader is behind, and
   * resolves when more may be sent; an input that cannot wait, such as a UDP socket, drops and counts until then. What is sent in `start` waits for the other
   * stages, so do not wait for it there.
   */
  send(lines: Uint8Array): Promise<void> | undefined;
  /** There is nothing more to come: ends the process as the end of stdin does. */
  end(): void;
}

/** What an output gets: also stdout, which is nobody else's where a chain has outputs. */
export interface OutputContext extends StageContext {
  /** Unit of the timestamps in the lines that it gets. */
  readonly precision: 'ns' | 'us' | 'ms' | 's';
  /**
   * Writes bytes of the output's own protocol to stdout without blocking. The bytes must stay as they are until the promise resolves; a promise means that the reader is
   * behind. A reader that leaves ends the process quietly. From the first write on the log goes to stderr under every host.
   */
  writeStdout(bytes: Uint8Array): Promise<void> | undefined;
}

/** A running input. */
export interface Input {
  /** Writes the points of this moment. Called at every interval and trigger, never twice at a time. */
  gather?(): void | Promise<void>;
  /** Ends sockets, timers and files. What is sent or written here still goes down the chain. */
  stop?(): void | Promise<void>;
}

/** A running output. */
export interface Output {
  /** Takes complete lines. The bytes are valid until the promise resolves; a pending promise stops the reading of stdin. */
  write(lines: Uint8Array): void | Promise<void>;
  /** The process is about to end. A `write` that waits only to slow down the reading should wait no longer, nor should those that still come. */
  ending?(): void;
  /** Delivers what is held. Called once, after the last `write`. */
  stop?(): void | Promise<void>;
}

interface Definition<O> {
  /** Snake case; the TOML table, the folder and `internal_<name>` are called the same, the launcher has hyphens. */
  readonly name: string;
  readonly schema: OptionSchema;
  /** Flags besides those that every plugin has. */
  readonly flags?: readonly PluginFlag[];
  /** Relations between options that a schema cannot say: problems as [option path, message]. Opens nothing. */
  check?(options: O): [path: string, message: string][];
}

export interface ProcessorDefinition<O = never> extends Definition<O> {
  readonly kind: 'processor';
  start(options: O, context: ProcessorContext): Processor | Promise<Processor>;
}

export interface InputDefinition<O = never> extends Definition<O> {
  readonly kind: 'input';
  /** Say false where `start` gives no `gather`: the input then has no option `interval`. */
  readonly gathers?: false;
  start(options: O, context: InputContext): Input | Promise<Input>;
}

export interface OutputDefinition<O = never> extends Definition<O> {
  readonly kind: 'output';
  start(options: O, context: OutputContext): Output | Promise<Output>;
}

/** A plugin: what it is called, what can be configured, and how it starts. The runtime does the rest. */
export type PluginDefinition = ProcessorDefinition | InputDefinition | OutputDefinition;

/** Give the type derived from your schema: `defineProcessor<Options>({ ... })`. */
export function defineProcessor<O>(definition: Omit<ProcessorDefinition<O>, 'kind'>): ProcessorDefinition {
  return { kind: 'processor', ...definition } as unknown as ProcessorDefinition;
}

export function defineInput<O>(definition: Omit<InputDefinition<O>, 'kind'>): InputDefinition {
  return { kind: 'input', ...definition } as unknown as InputDefinition;
}

export function defineOutput<O>(definition: Omit<OutputDefinition<O>, 'kind'>): OutputDefinition {
  return { kind: 'output', ...definition } as unknown as OutputDefinition;
}
