import { quoteField } from './field-text.ts';
import type { Identifier } from './identifier.ts';
import { formatIdentifier, identifierProblem } from './identifier-text.ts';
import { type WriteProblem, writeProblem } from './write-problem.ts';

/** An identifier as the beginning of its PUTVAL lines, made once for many of them. */
export class PutvalName {
  readonly identifier: Identifier;
  /** `PUTVAL <identifier> `, quoted where it must be. */
  readonly bytes: Uint8Array;

  private constructor(identifier: Identifier) {
    this.identifier = identifier;
    this.bytes = Buffer.from(`PUTVAL ${quoteField(formatIdentifier(identifier))} `, 'latin1');
  }

  /** The name, or why an identifier cannot stand in a line; `cleanIdentifier` helps. */
  static of(identifier: Identifier): PutvalName | WriteProblem {
    const reason = identifierProblem(identifier);
    return reason === undefined ? new PutvalName(identifier) : writeProblem(reason, 'Value list', identifier);
  }
}

/** Names by the five parts of their identifiers. Forgets all when it is full, as names come from outside. */
export class PutvalNames {
  readonly #names = new Map<string, PutvalName>();
  readonly #maxEntries: number;

  constructor(maxEntries = 100_000) {
    this.#maxEntries = maxEntries;
  }

  get(identifier: Identifier): PutvalName | WriteProblem {
    const { host, plugin, pluginInstance, type, typeInstance } = identifier;
    // a newline stands in no name that is kept
    const key = `${host}\n${plugin}\n${pluginInstance}\n${type}\n${typeInstance}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = PutvalName.of({ host, plugin, pluginInstance, type, typeInstance });
    if (!(name instanceof PutvalName)) return name;
    if (this.#names.size >= this.#maxEntries) this.#names.clear();
    this.#names.set(key, name);
    return name;
  }
}
