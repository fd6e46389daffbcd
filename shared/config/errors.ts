/** Every way in which a configuration can be wrong. Stable: users match on them. Explained in `docs/reference/configuration-errors.md`. */
export const CONFIG_ERROR_CODES = [
  'unreadable_file',
  'syntax',
  'unknown_table',
  'unknown_plugin',
  'unknown_option',
  'missing_option',
  'wrong_type',
  'bad_value',
  'environment',
  'conflict',
] as const;

export type ConfigErrorCode = (typeof CONFIG_ERROR_CODES)[number];

/** One thing that the operator can put right. */
export interface ConfigProblem {
  readonly code: ConfigErrorCode;
  /** 1-based; 0 when no line is to blame, e.g. without a file. */
  readonly line: number;
  readonly message: string;
}

/** A configuration that cannot be used. Carries all problems, in the order of the file; the process ends with status 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly fileName: string;
  readonly problems: readonly ConfigProblem[];

  constructor(fileName: string, problems: readonly ConfigProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line);
    super(sorted.map((problem) => problemText(fileName, problem)).join('\n'));
    this.fileName = fileName;
    this.problems = sorted;
  }

  /** One text per problem, `FILE:LINE: message`, as they should be logged. */
  get lines(): string[] {
    return this.problems.map((problem) => problemText(this.fileName, problem));
  }
}

function problemText(fileName: string, { line, message }: ConfigProblem): string {
  return line === 0 ? `${fileName}: ${message}` : `${fileName}:${line}: ${message}`;
}
