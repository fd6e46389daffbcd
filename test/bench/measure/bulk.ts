import { spawnSync } from 'node:child_process';
import { type Command, cleanEnvironment, quoted, script } from './command.ts';
import { on, processors } from './processors.ts';

/** Descriptor of the report: `times` of bash, the one place in a shell that tells a child's CPU in milliseconds. */
const REPORT = 9;

/**
 * CPU seconds (user + system) of the filter alone in `cat FILE | FILTER | cat >/dev/null`: its start, its end and its
 * children included, both `cat` not.
 */
export function bulkCpu(command: Command, input: string): number {
  const pinned = command.pin === 'none' ? undefined : processors();
  const filter = `${on(pinned?.filter)}bash -c ${quoted(script(command))} ${REPORT}>&-`;
  const pipe =
    `${on(pinned?.ends)}cat ${quoted(input)} ${REPORT}>&- | ` +
    `{ ${filter}; status=$?; times >&${REPORT}; exit $status; } | ${on(pinned?.ends)}cat >/dev/null ${REPORT}>&-`;
  const stdio = Array.from(
    { length: REPORT + 1 },
    (_, i) => (i === 2 || i === REPORT ? 'pipe' : 'ignore') as 'pipe' | 'ignore',
  );
  const run = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], { env: cleanEnvironment(), stdio });
  if (run.status !== 0) {
    throw new Error(
      `${command.name}: exit status ${run.status}: ${script(command)}\n${String(run.stderr).slice(-2000)}`,
    );
  }
  return childrenCpu(String(run.output[REPORT]));
}

/** The second line of bash's `times`: user and system time of the children, as `0m0.123s 0m0.045s`. */
function childrenCpu(report: string): number {
  const times = [...(report.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`bash's times: not understood: ${JSON.stringify(report)}`);
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
