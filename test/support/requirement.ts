/** A program that tests need and that npm cannot install. */
export interface Requirement {
  readonly name: string;
  /** The path of the program, or undefined. */
  find(): string | undefined;
  /** Command that a person runs to get it. */
  readonly install: string;
}

/** The program, or why the tests that need it are skipped. */
export type Required =
  | { readonly path: string; readonly missing?: never }
  | { readonly path?: never; readonly missing: string };

/**
 * Finds a program, or gives the reason to skip, loudly. Under `CI=true` nothing is skipped: there a missing program is an
 * error, and the test file fails.
 */
export function requireProgram(requirement: Requirement, environment = process.env, say = sayLoudly): Required {
  const path = requirement.find();
  if (path !== undefined) return { path };
  const missing = `${requirement.name} was not found; install it with: ${requirement.install}`;
  if (environment.CI === 'true') throw new Error(`${missing} (under CI=true nothing is skipped)`);
  say(`SKIPPED: ${missing}`);
  return { missing };
}

function sayLoudly(text: string): void {
  process.stderr.write(`\n${text}\n`);
}
