import type { Config } from '../config/build-config.ts';
import { DecisionMemory } from '../line-protocol/decision-memory.ts';
import { Framer } from '../line-protocol/framer.ts';
import { BLANKS, CHECK_FIELDS, COMMENTS, DECIDE, FRAME_ONLY } from '../line-protocol/kernel/layout.ts';
import { createKernel, READ_SIZE } from '../line-protocol/kernel.ts';
import { createTagNames } from '../line-protocol/tag-names.ts';
import type { LogLevel, LogRole } from '../log/create-log.ts';
import { systemClock } from '../log/trouble-summary.ts';
import { StatsRegistry } from '../stats/stats-registry.ts';
import { createBadLines } from './bad-lines.ts';
import { nanosecondClock } from './clock.ts';
import type { Host, PluginDefinition } from './definition.ts';
import { Ending } from './ending.ts';
import { startInputLoop } from './input-loop.ts';
import { LineEntrance } from './line-entrance.ts';
import { openLogs } from './logs.ts';
import { lateOptimiser } from './optimiser.ts';
import { watchParent } from './orphan.ts';
import { Outputs } from './outputs.ts';
import { ownHostName } from './own-host-name.ts';
import { Pipeline } from './pipeline.ts';
import { ProtocolStdout } from './protocol-stdout.ts';
import { openQuarantine } from './quarantine.ts';
import { SharedObjects } from './shared-objects.ts';
import type { Signals } from './signals.ts';
import { startStages } from './stages.ts';
import { startStatistics, summaryAtEnd } from './statistics.ts';
import { readStdin } from './stdin.ts';
import { Stdout } from './stdout.ts';

/** How a process was started; the configuration comes besides. */
export interface RunSettings {
  readonly host: Host;
  readonly version: string;
  readonly signals: Signals;
  readonly explain: boolean;
  /** Inputs gather once, then it ends. */
  readonly once: boolean;
  readonly pollIntervalMs?: number;
  readonly pollIntervalDisabled: boolean;
  /** Flags that plugins know, without hyphens. */
  readonly pluginFlags: ReadonlyMap<string, string>;
  /** Wins over what the configuration says. */
  readonly logLevel?: LogLevel;
}

const UNIT_NS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;
/** How long an open string may keep a slow stream silent. */
const QUOTE_PATIENCE_MS = 5000;

/**
 * Runs a chain of stages until its input ends or it is told to stop, and gives the exit status. A line's way:
 *
 * 1. read: bytes come from stdin, or lines from an input
 * 2. frame: the kernel finds the complete records of what came
 * 3. recall: it gives each record what was decided for its like before
 * 4. ask: a record like none before is put to the stages, and their decision remembered
 * 5. copy: the batch is copied once, with all edits
 * 6. write: the bytes go to stdout, or to the outputs
 */
export async function run(config: Config<PluginDefinition>, settings: RunSettings): Promise<number> {
  const { host, signals } = settings;
  const options = config.process;
  const now = Date.now;
  const kinds = config.stages.map(({ definition }) => definition.kind);
  const role: LogRole = kinds.includes('output') ? 'output' : kinds[0] === 'input' ? 'input' : 'processor';
  const logs = openLogs(host, role, settings.logLevel, kinds.length === 1);
  const log = logs.ofProcess;
  const registry = new StatsRegistry({
    get hostname() {
      return ownHostName();
    },
    version: settings.version,
  });
  const ownStats = registry.stage('crosslayer', 'crosslayer');

  const kernel = createKernel(options.max_line_bytes);
  const { bytes, readAt } = kernel;
  // lines of an input always have nanoseconds
  const precision = kinds[0] === 'input' ? 'ns' : options.precision;
  kernel.setPrecision(UNIT_NS[precision]);
  const memory = new DecisionMemory(kernel, (counter, n) => registry.add(counter.id, n));
  const names = createTagNames(kernel);
  const feed = (lines: Uint8Array) => {
    for (let at = 0; at < lines.length; at += READ_SIZE) {
      const part = lines.subarray(at, at + READ_SIZE);
      bytes.set(part, readAt);
      framer.received(part.length);
    }
  };
  const ending = new Ending(signals, log, kinds[0] !== 'input' || host === 'telegraf');
  const forgetParent = host === 'collectd' ? watchParent(() => signals.terminate()) : undefined;
  const entrance = new LineEntrance();
  const protocolStdout = new ProtocolStdout({ opened: () => logs.leaveStdout(), gone: () => ending.end() });
  const stages = await startStages(config, {
    host,
    logs,
    registry,
    ownStats,
    memory,
    names,
    precision,
    now,
    nowNs: nanosecondClock(),
    send: (lines) => entrance.send(lines),
    end: () => ending.end(),
    writeStdout: (bytes) => protocolStdout.write(bytes),
    explain: settings.explain,
    pluginFlags: settings.pluginFlags,
    shared: new SharedObjects(),
  });

  const waiting: (() => void)[] = [];
  const untilDrained = () => (sink.isBlocked ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined);
  let source = { pause() {}, resume() {}, close() {} };
  let gathered = Promise.resolve();
  let isPaused = false;
  let isRead = true;
  const flow = {
    blocked() {
      isPaused = true;
      source.pause();
    },
    drained() {
      if (isPaused) source.resume();
      isPaused = false;
      for (const resolve of waiting.splice(0)) resolve();
    },
    gone() {
      isRead = false;
      ending.end();
    },
  };

  // 6. write
  const outputs = new Outputs(stages.outputs, flow);
  const stdout = stages.outputs.length > 0 ? undefined : new Stdout(flow);
  const sink = stdout ?? outputs;

  // 5. copy, 4. ask
  const quarantine =
    options.quarantine === undefined
      ? undefined
      : openQuarantine(options.quarantine, options.quarantine_size, (reason) =>
          log.trouble(
            'quarantine',
            `Could not keep a malformed line in the quarantine "${options.quarantine}": ${reason}`,
          ),
        );
  const badLines = createBadLines(kernel, { invalidLines: options.invalid_lines, quarantine }, log, ownStats);
  const pipeline = new Pipeline(kernel, stages.processors, memory, badLines, sink, now);
  ownStats.gauge('lines', () => BigInt(pipeline.records));
  ownStats.gauge('comment_lines', () => BigInt(kernel.f64[COMMENTS >> 3] as number));
  ownStats.gauge('blank_lines', () => BigInt(kernel.f64[BLANKS >> 3] as number));

  // 3. recall, 2. frame
  const framer = new Framer(kernel, settings.explain ? pipeline.explaining() : pipeline, {
    decide: settings.explain ? FRAME_ONLY : options.validate === 'full' ? DECIDE | CHECK_FIELDS : DECIDE,
    begin() {
      memory.beginBatch();
      return now();
    },
  });
  let carriedSince = { carried: 0, at: 0 };
  const patience = setInterval(() => {
    const at = systemClock.now();
    // while nothing is read, the rest of the string may be on its way
    if (!framer.waitsForQuote || sink.isBlocked || framer.carried !== carriedSince.carried)
      carriedSince = { carried: framer.carried, at };
    else if (at - carriedSince.at >= QUOTE_PATIENCE_MS) framer.giveUpQuote();
  }, QUOTE_PATIENCE_MS / 10); // also keeps the process alive while nothing is read because an output is slow

  // 1. read
  entrance.open((lines) => {
    feed(lines);
    return untilDrained();
  });
  if (stages.input) {
    const { input, points, intervalMs, failures } = stages.input;
    const loop = startInputLoop({
      ...{
        input,
        host,
        log,
        signals,
        failures,
        once: settings.once,
        pollIntervalDisabled: settings.pollIntervalDisabled,
      },
      intervalMs: settings.pollIntervalMs ?? intervalMs,
      flush: async () => entrance.send(points.take()),
      ended: () => ending.end(),
    });
    source = {
      pause() {},
      resume() {},
      close() {
        gathered = loop.close();
      },
    };
  } else {
    const beforeWork = kinds.every((kind) => kind === 'processor') ? lateOptimiser() : (_: number) => {};
    source = readStdin(bytes.subarray(readAt, readAt + READ_SIZE), options.coalesce, {
      chunk(n) {
        beforeWork(n);
        framer.received(n);
      },
      end: () => ending.end(),
    });
  }
  const statistics = startStatistics({
    intervalMs: options.stats_interval,
    stats: stages.stats,
    refresh: () => memory.fold(),
    inject: (line, after) => pipeline.inject(line, after),
    isBlocked: () => sink.isBlocked || framer.isInOverlong,
    now,
  });

  const endOutputs = async () => {
    const delivered = await ending.deliver(outputs);
    return protocolStdout.opened ? (await ending.flush(protocolStdout.opened, false)) || delivered : delivered;
  };

  await ending.ended;
  source.close();
  clearInterval(patience);
  forgetParent?.();
  await ending.finish(gathered);
  await stages.stopInput();
  if (stages.input) feed(stages.input.points.take());
  if (!isRead) framer.takeUnfinished();
  else if (ending.isOrdered) badLines.unfinished(framer.takeUnfinished());
  else framer.end();
  // nothing tells later what the last statistics would: they wait for a reader that is behind
  if (stdout && options.stats_interval > 0) await ending.emptied(stdout);
  statistics.write();
  statistics.stop();
  await stages.stopProcessors();
  const status = stdout ? await ending.flush(stdout, host === 'telegraf') : await endOutputs();
  memory.fold();
  const summary = summaryAtEnd(stages.stats);
  if (summary) log.warn(summary);
  quarantine?.close();
  logs.close();
  return status;
}
