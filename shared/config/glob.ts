/**
 * Globs as Telegraf's metric filters read them (github.com/gobwas/glob without separators): `*` and `**` match any text, also `/` and
 * `.`; `?` one character; `[abc]`, `[a-z]`, `[!abc]` one of, or none of, these; `{ab,c*}` one of several globs; `\` takes the
 * special meaning from the next character. Case matters. Matching takes time proportional to the text, whatever the glob.
 *
 * More than gobwas: ranges may be combined, `[a-z0-9]`, and an unclosed `{` is refused instead of guessed. Braces are always
 * alternatives; Telegraf takes them literally in a list in which no glob has `*`, `?` or `[`.
 */
export type Glob = (text: string) => boolean;

/** A glob that cannot be read; the message says why. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/** A state of the automaton: with `accepts`, one that takes a character; without, one that is passed through. */
interface State {
  accepts?: (character: string) => boolean;
  next: State[];
}

/** @throws {GlobError} */
export function compileGlob(glob: string): Glob {
  if (!/[*?[\]{}\\]/.test(glob)) return (text) => text === glob;
  const start: State = { next: [] };
  const end = new GlobParser(glob).parse(start);
  return (text) => {
    let current = reachable([start]);
    for (const character of text) {
      current = reachable([...current].filter((s) => s.accepts?.(character)).flatMap((s) => s.next));
      if (current.size === 0) return false;
    }
    return current.has(end);
  };
}

/** These states and those that are reached from them without a character. */
function reachable(states: State[]): Set<State> {
  const found = new Set<State>();
  for (const waiting = states; waiting.length > 0; ) {
    const state = waiting.pop() as State;
    if (found.has(state)) continue;
    found.add(state);
    if (!state.accepts) waiting.push(...state.next);
  }
  return found;
}

class GlobParser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(glob: string) {
    this.#characters = [...glob];
  }

  parse(start: State): State {
    return this.#sequence(start, false);
  }

  /** Adds the automaton of what follows to `from` and gives its last state. Inside braces a `,` or `}` ends it. */
  #sequence(from: State, inBraces: boolean): State {
    let last = from;
    for (; this.#at < this.#characters.length; this.#at++) {
      const character = this.#characters[this.#at] as string;
      if (inBraces && (character === ',' || character === '}')) return last;
      last = this.#term(last, character);
    }
    if (inBraces) throw new GlobError('"{" has no "}"');
    return last;
  }

  #term(from: State, character: string): State {
    switch (character) {
      case '*': {
        const state: State = { next: [] };
        const loop: State = { accepts: () => true, next: [state] };
        state.next.push(loop);
        from.next.push(state);
        return appended(state);
      }
      case '?':
        return appended(from, () => true);
      case '[':
        return appended(from, this.#characterClass());
      case '{':
        return this.#alternatives(from);
      case '\\': {
        const literal = this.#characters[++this.#at];
        return literal === undefined ? from : appended(from, (c) => c === literal);
      }
      default:
        return appended(from, (c) => c === character);
    }
  }

  #alternatives(from: State): State {
    const end: State = { next: [] };
    do {
      this.#at += 1;
      this.#sequence(appended(from), true).next.push(end);
    } while (this.#characters[this.#at] === ',');
    return end;
  }

  #characterClass(): (character: string) => boolean {
    const negated = this.#characters[this.#at + 1] === '!';
    if (negated) this.#at += 1;
    const ranges: [low: number, high: number][] = [];
    for (let low = this.#member(); low !== undefined; low = this.#member()) {
      const isRange = this.#characters[this.#at + 1] === '-';
      if (isRange) this.#at += 1;
      const high = isRange ? this.#member() : low;
      if (high === undefined || high < low) throw new GlobError('a range between "[" and "]" has no end');
      ranges.push([low, high]);
    }
    if (ranges.length === 0) throw new GlobError('there is nothing between "[" and "]"');
    return (character) => {
      const code = character.codePointAt(0) as number;
      return ranges.some(([low, high]) => code >= low && code <= high) !== negated;
    };
  }

  /** The next character of a class; undefined at its end. */
  #member(): number | undefined {
    this.#at += 1;
    if (this.#characters[this.#at] === ']') return undefined;
    if (this.#characters[this.#at] === '\\') this.#at += 1;
    const character = this.#characters[this.#at];
    if (character === undefined) throw new GlobError('"[" has no "]"');
    return character.codePointAt(0);
  }
}

/** A new state behind `from`, reached with a character that is accepted, or without one. */
function appended(from: State, accepts?: (character: string) => boolean): State {
  const end: State = { next: [] };
  from.next.push(accepts ? { accepts, next: [end] } : end);
  return end;
}
