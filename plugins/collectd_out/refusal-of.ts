import type { WriteProblem, WriteProblemReason } from '../../shared/collectd-protocol/write-problem.ts';
import type { Refusal, RefusalReason } from './head-plan.ts';

/** Under which name a writer's problem is counted here; all else are identifiers that no door takes. */
const REASONS: Readonly<Partial<Record<WriteProblemReason, RefusalReason>>> = {
  bad_time: 'bad_time',
  bad_value: 'bad_value',
  no_values: 'bad_value',
  empty_message: 'bad_message',
  too_large: 'too_long',
  long_line: 'too_long',
};

/** What a writer of the protocol says, as a refusal. */
export function refusalOf(problem: WriteProblem | undefined): Refusal | undefined {
  return problem && { reason: REASONS[problem.reason] ?? 'bad_identifier', message: problem.message };
}
