/** The environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a text: what it is now, whether it named variables, and what was wrong with them. */
export interface Expansion {
  readonly text: string;
  readonly expanded: boolean;
  readonly problems: readonly string[];
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const FORM = /^([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([\s\S]*))?$/;

/**
 * Replaces `${VAR}`, `${VAR:-default}` (also when empty) and `${VAR:?message}` in one string value, once: what a variable
 * holds is not looked at again. `$${` stands for a literal `${`; a `$` without a brace is a `$`.
 */
export function expandEnvironment(text: string, environment: Environment): Expansion {
  if (!text.includes('${')) return { text, expanded: false, problems: [] };
  const problems: string[] = [];
  let expanded = false;
  const result = text.replace(REFERENCE, (reference: string, inner: string | undefined) => {
    if (inner === undefined) return '${';
    const form = FORM.exec(inner);
    if (form === null || !reference.endsWith('}')) {
      problems.push(
        `cannot read "${reference}"; write \${VAR}, \${VAR:-default} or \${VAR:?message}, and $\${ for a literal \${`,
      );
      return '';
    }
    expanded = true;
    const [, name = '', mode, argument = ''] = form;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value !== undefined && (value !== '' || mode === undefined)) return value;
    if (mode === '-') return argument;
    if (mode === '?') problems.push(`environment variable "${name}" is not set: ${argument || 'it is needed here'}`);
    else problems.push(`environment variable "${name}" is not set; set it or write \${${name}:-default}`);
    return '';
  });
  return { text: result, expanded, problems };
}
