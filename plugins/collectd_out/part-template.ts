import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';

/** A template that cannot be read; the message says why. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** What a template's names stand for at one line. */
export interface TemplateValues {
  /** A tag, a part of the identifier, or `measurement` and `field`; undefined or empty where the line has none. */
  value(name: ByteString): ByteString | undefined;
  /** What the `*` of the glob stood for that the name was matched by. */
  star(name: ByteString): ByteString | undefined;
}

type Piece =
  | { readonly text: ByteString }
  | { readonly name: ByteString; readonly form: 'value' | 'star' | 'mount' }
  | { readonly optional: readonly Piece[] };

const EMPTY = '' as ByteString;
const NAME = /^([^{}[\]*:]+)(\*|:mount)?$/;

/**
 * How a part of an identifier is made: text, and in braces what the line has. `{vm_name}` is a tag, `{cpu*}` what the `*` of the entry's glob for `cpu` stood for,
 * `{path:mount}` a path as collectd's df plugin names it. What stands in brackets is left out when a name in them has no value. A backslash takes
 * the meaning from the next character.
 */
export class PartTemplate {
  /** The names it asks for. */
  readonly names: ReadonlySet<ByteString>;
  /** Those of them whose star it asks for. */
  readonly stars: ReadonlySet<ByteString>;
  readonly #pieces: readonly Piece[];

  /** @throws {TemplateError} */
  constructor(text: string) {
    this.#pieces = new Reader(text).pieces();
    const flat = this.#pieces.flatMap((piece) => ('optional' in piece ? piece.optional : [piece]));
    const named = flat.filter((piece) => 'name' in piece);
    this.names = new Set(named.map(({ name }) => name));
    this.stars = new Set(named.filter(({ form }) => form === 'star').map(({ name }) => name));
  }

  render(values: TemplateValues): ByteString {
    return rendered(this.#pieces, values, false);
  }
}

function rendered(pieces: readonly Piece[], values: TemplateValues, mayVanish: boolean): ByteString {
  let text = '';
  for (const piece of pieces) {
    if ('text' in piece) text += piece.text;
    else if ('optional' in piece) text += rendered(piece.optional, values, true);
    else {
      const value = piece.form === 'star' ? values.star(piece.name) : values.value(piece.name);
      if (mayVanish && (value ?? '') === '') return EMPTY;
      text += piece.form === 'mount' ? mountName(value ?? EMPTY) : (value ?? '');
    }
  }
  return text as ByteString;
}

/** As collectd's df plugin names mount points: `/` is `root`, `/var/lib` is `var-lib` (src/df.c, df_read). */
function mountName(path: ByteString): ByteString {
  if (path === '/') return 'root' as ByteString;
  return path.replace(/^\//, '').replaceAll('/', '-') as ByteString;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  pieces(inBrackets = false): Piece[] {
    const pieces: Piece[] = [];
    let literal = '';
    const endLiteral = () => {
      if (literal !== '') pieces.push({ text: toByteString(literal) });
      literal = '';
    };
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] as string;
      if (character === '\\') literal += this.#text[++this.#at] ?? '\\';
      else if (character === '{') {
        endLiteral();
        pieces.push(this.#name());
      } else if (character === '[') {
        if (inBrackets) throw new TemplateError('brackets cannot stand in brackets');
        endLiteral();
        this.#at++;
        const optional = this.pieces(true);
        if (this.#text[this.#at] !== ']') throw new TemplateError('"[" has no "]"');
        if (!optional.some((piece) => 'name' in piece)) throw new TemplateError('there is no {name} in the brackets');
        pieces.push({ optional });
      } else if (character === ']' && inBrackets) break;
      else if (character === ']' || character === '}') throw new TemplateError(`"${character}" stands alone`);
      else literal += character;
    }
    endLiteral();
    return pieces;
  }

  #name(): Piece {
    const end = this.#text.indexOf('}', this.#at);
    if (end < 0) throw new TemplateError('"{" has no "}"');
    const inside = this.#text.slice(this.#at + 1, end);
    const [, name, form] = NAME.exec(inside) ?? [];
    if (name === undefined) throw new TemplateError(`"{${inside}}" is none of {name}, {name*} and {name:mount}`);
    this.#at = end;
    return { name: toByteString(name), form: form === '*' ? 'star' : form === ':mount' ? 'mount' : 'value' };
  }
}
