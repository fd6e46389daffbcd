import type { Config, StageConfig } from '../config/build-config.ts';
import type { DecisionMemory } from '../line-protocol/decision-memory.ts';
import type { TagNames } from '../line-protocol/line-view.ts';
import type { PointBuffer } from '../line-protocol/point-writer.ts';
import type { Log } from '../log/log.ts';
import type { Counter } from '../stats/stats.ts';
import type { StageStats, StatsRegistry } from '../stats/stats-registry.ts';
import { flagName } from './command-line.ts';
import type {
  Host,
  Input,
  InputDefinition,
  OutputContext,
  OutputDefinition,
  PluginDefinition,
  ProcessorDefinition,
  StageContext,
} from './definition.ts';
import { compileFilter, hasFilter } from './filter.ts';
import { createFilterStage } from './filter-stage.ts';
import type { Logs } from './logs.ts';
import { createOutputFilter } from './output-filter.ts';
import type { OutputStage } from './outputs.ts';
import { doneWithin } from './patience.ts';
import type { Stage } from './pipeline.ts';
import type { SharedObjects } from './shared-objects.ts';
import type { PlacedStats } from './statistics.ts';

/** A chain's stages, started. */
export interface Stages {
  readonly input?: {
    readonly input: Input;
    readonly points: PointBuffer;
    readonly intervalMs: number;
    /** Gatherings that failed. */
    readonly failures: Counter;
  };
  /** What a line passes: the input's filter where it has one, then the processors. */
  readonly processors: readonly Stage[];
  readonly outputs: readonly OutputStage[];
  /** Of the process, then of the stages in their order. */
  readonly stats: readonly PlacedStats[];
  /** Ends the input, which may send its last lines then. */
  stopInput(): Promise<void>;
  /** Ends the processors. Outputs end by themselves, after their last lines. */
  stopProcessors(): Promise<void>;
}

export interface StageSurroundings {
  readonly host: Host;
  readonly logs: Logs;
  readonly registry: StatsRegistry;
  /** Of the process. */
  readonly ownStats: StageStats;
  readonly memory: DecisionMemory;
  readonly names: TagNames;
  /** Unit of the timestamps in the chain. */
  readonly precision: OutputContext['precision'];
  readonly now: () => number;
  readonly nowNs: () => bigint;
  /** Sends an input's lines down the chain; a promise resolves when there is room for more. */
  readonly send: (lines: Uint8Array) => Promise<void> | undefined;
  /** An input has nothing more to come. */
  readonly end: () => void;
  readonly writeStdout: (bytes: Uint8Array) => Promise<void> | undefined;
  readonly explain: boolean;
  /** Flags of plugins, as they were given. */
  readonly pluginFlags: ReadonlyMap<string, string>;
  readonly shared: SharedObjects;
}

/** Starts all stages in the order of the chain. Where one cannot start, those before it are ended: a socket of theirs would keep the process alive. */
export async function startStages(config: Config<PluginDefinition>, around: StageSurroundings): Promise<Stages> {
  const running: Running[] = [];
  try {
    return await startEach(config, around, running);
  } catch (error) {
    for (const { alias, stop } of running) await stopStage(alias, stop, around.logs.ofProcess);
    throw error;
  }
}

/** A stage that was started. */
interface Running {
  readonly alias: string;
  readonly stop: () => unknown;
}

/** @param running gets each stage that was started */
async function startEach(
  config: Config<PluginDefinition>,
  around: StageSurroundings,
  running: Running[],
): Promise<Stages> {
  const stats: PlacedStats[] = [];
  const stoppingProcessors: Running[] = [];
  const processors: Stage[] = [];
  const outputs: OutputStage[] = [];
  let input: Stages['input'];
  let stopInput: Running | undefined;
  let behindInput = -1;
  for (const stage of config.stages) {
    const { definition, options, alias, common } = stage;
    const context = contextOf(stage, around);
    const filtered = () => context.stats.counter('filtered_lines');
    switch (definition.kind) {
      case 'input':
        input = await startInput(definition, options, context, common.interval ?? 10_000, around);
        stopInput = { alias, stop: () => input?.input.stop?.() };
        running.push(stopInput);
        if (hasFilter(common))
          processors.push(createFilterStage(alias, compileFilter(common, around.names), filtered()));
        behindInput = processors.length - 1;
        break;
      case 'processor': {
        const started = await startProcessor(definition, stage, context, around);
        const stopping = { alias, stop: () => started.processor.stop?.() };
        processors.push(started);
        stoppingProcessors.push(stopping);
        running.push(stopping);
        break;
      }
      case 'output': {
        const { start } = definition as OutputDefinition<unknown>;
        const output = await start(options, {
          ...context,
          precision: around.precision,
          writeStdout: around.writeStdout,
        });
        running.push({ alias, stop: () => output.stop?.() });
        outputs.push({
          alias,
          output,
          log: context.log,
          lost: context.stats.counter('dropped_lines'),
          ...(hasFilter(common) && {
            select: createOutputFilter(alias, common, config.process.max_line_bytes, filtered()),
          }),
        });
      }
    }
    // an input's statistics are none of its metrics: they join behind its filter
    stats.push({ stats: context.stats, after: processors.length - 1 });
  }
  return {
    ...(input && { input }),
    processors,
    outputs,
    stats: [{ stats: around.ownStats, after: behindInput }, ...stats],
    async stopInput() {
      if (stopInput) await stopStage(stopInput.alias, stopInput.stop, around.logs.ofProcess);
    },
    async stopProcessors() {
      for (const { alias, stop } of stoppingProcessors) await stopStage(alias, stop, around.logs.ofProcess);
    },
  };
}

/** How long a stage may take to end; what it cannot do then must not keep others from flushing. */
const STOP_PATIENCE_MS = 1000;

async function stopStage(alias: string, stop: () => unknown, log: Log): Promise<void> {
  try {
    const done = await doneWithin(Promise.resolve(stop()), STOP_PATIENCE_MS);
    if (!done) log.error(`Stage "${alias}" did not end within ${STOP_PATIENCE_MS / 1000} s; going on without it`);
  } catch (error) {
    log.error(`Stage "${alias}" could not end: ${(error as Error).message}`);
  }
}

function contextOf(
  { definition, alias, common }: StageConfig<PluginDefinition>,
  { logs, registry, host, now, explain, pluginFlags, shared }: StageSurroundings,
): StageContext & { stats: StageStats } {
  const own = new Set(definition.flags?.map(({ usage }) => flagName(usage)));
  return {
    alias,
    host,
    log: logs.ofStage(alias, common),
    stats: registry.stage(definition.name, alias),
    now,
    explain,
    flag: (name) => (own.has(name) ? pluginFlags.get(name) : undefined),
    shared: (kind) => shared.of(kind),
  };
}

async function startInput(
  definition: InputDefinition,
  options: unknown,
  context: StageContext,
  intervalMs: number,
  around: StageSurroundings,
): Promise<Stages['input'] & object> {
  const failures = context.stats.counter('gather_errors');
  const unwritable = context.stats.counter('unwritable_values');
  const { PointBuffer } = await import('../line-protocol/point-writer.ts');
  const points = new PointBuffer({
    nowNs: around.nowNs,
    onProblem(problem) {
      unwritable.add();
      context.log.trouble('unwritable', problem.message);
    },
  });
  const { start } = definition as InputDefinition<unknown>;
  const { send, end } = around;
  const flush = async () => send(points.take());
  const input = await start(options, { ...context, points, flush, send, end });
  return { input, points, intervalMs, failures };
}

async function startProcessor(
  definition: ProcessorDefinition,
  { options, alias, common }: StageConfig<PluginDefinition>,
  context: StageContext,
  { names, memory }: StageSurroundings,
): Promise<Stage> {
  const errors = context.stats.counter('errors');
  const { start } = definition as ProcessorDefinition<unknown>;
  const processor = await start(options, { ...context, names, changed: () => memory.forget() });
  return {
    alias,
    processor,
    selects: compileFilter(common, names),
    failed(error, extract) {
      errors.add();
      const { message, stack } = error as Error;
      context.log.trouble('bug', `Failed on a line, which passes without it: ${message}; line: "${extract}"; ${stack}`);
    },
  };
}
