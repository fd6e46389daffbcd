/**
 * What an option is called, means and may be: one object from which types, validation, `sample.conf`, the README's table
 * and `--help` are made. A part of JSON Schema, with four formats of our own; write it `as const satisfies OptionSchema`.
 */
export type OptionSchema = TableSchema & { readonly title: string };

/** One option, or a table of options. */
export type ValueSchema =
  | StringSchema
  | EnumSchema
  | DurationSchema
  | SizeSchema
  | SecretFileSchema
  | GlobSchema
  | NumberSchema
  | BooleanSchema
  | ArraySchema
  | TableSchema;

interface Described {
  /** Whole sentences for the operator. Needed for every option, not for the items of an array. */
  readonly description?: string;
}

export interface StringSchema extends Described {
  readonly type: 'string';
  readonly default?: string;
  readonly examples?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression that the whole value must match (with `^` and `$`); say in `description` what it asks for. */
  readonly pattern?: string;
}

/** One of several words. Prefer it to a boolean: it can grow. */
export interface EnumSchema extends Described {
  readonly type: 'string';
  readonly enum: readonly [string, ...string[]];
  readonly enumDescriptions?: Readonly<Record<string, string>>;
  readonly default?: string;
}

/** Telegraf's durations (`duration.ts`). The stage gets milliseconds. Negative ones are refused unless `minimum` allows them. */
export interface DurationSchema extends Described {
  readonly type: 'string';
  readonly format: 'duration';
  readonly default?: string;
  readonly examples?: readonly string[];
  /** As an operator would write it, e.g. `10ms`. */
  readonly minimum?: string;
  readonly maximum?: string;
}

/** Telegraf's sizes (`size.ts`). The stage gets bytes. Negative ones are refused. */
export interface SizeSchema extends Described {
  readonly type: 'string';
  readonly format: 'size';
  readonly default?: string;
  readonly examples?: readonly string[];
  /** As an operator would write it, e.g. `64KiB`. */
  readonly minimum?: string;
  readonly maximum?: string;
}

/** The path of a file with a secret in it. The stage gets the content, without blanks around it. */
export interface SecretFileSchema extends Described {
  readonly type: 'string';
  readonly format: 'secret_file';
  readonly examples?: readonly string[];
}

/** A glob as in Telegraf's metric filters (`glob.ts`). The stage gets the text and compiles it. */
export interface GlobSchema extends Described {
  readonly type: 'string';
  readonly format: 'glob';
  readonly default?: string;
  readonly examples?: readonly string[];
}

export interface NumberSchema extends Described {
  readonly type: 'integer' | 'number';
  readonly default?: number;
  readonly examples?: readonly number[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

export interface BooleanSchema extends Described {
  readonly type: 'boolean';
  readonly default?: boolean;
}

/** A list. Absent and neither required nor with a default it is empty. A list of tables is written `[[kind.plugin.option]]`. */
export interface ArraySchema extends Described {
  readonly type: 'array';
  readonly items: ValueSchema;
  readonly default?: readonly unknown[];
  readonly examples?: readonly (readonly unknown[])[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/**
 * A table. Absent it is filled with its defaults, unless it has required options: then it stays undefined. With a schema as
 * `additionalProperties` the operator chooses the keys.
 */
export interface TableSchema extends Described {
  readonly type: 'object';
  readonly additionalProperties: false | ValueSchema;
  readonly required?: readonly string[];
  readonly properties?: { readonly [option: string]: ValueSchema };
  /** For tables with keys of the operator: what a sample shows, as key → value. */
  readonly examples?: readonly Readonly<Record<string, unknown>>[];
}

/** What a stage gets after validation: defaults are filled in, so nothing is optional by accident. */
export type OptionsOf<S> = S extends { readonly type: 'object' } ? TableOf<S> : never;

type ValueOf<S> = S extends { readonly enum: readonly (infer Word)[] }
  ? Word
  : S extends { readonly format: 'duration' | 'size' }
    ? number
    : S extends { readonly type: 'string' }
      ? string
      : S extends { readonly type: 'integer' | 'number' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'array'; readonly items: infer Item }
            ? readonly ValueOf<Item>[]
            : S extends { readonly type: 'object' }
              ? TableOf<S>
              : never;

type TableOf<S> = Flat<NamedOptions<S> & ChosenKeys<S>>;

type NamedOptions<S> = S extends { readonly properties: infer P }
  ? { readonly [K in AlwaysThere<S, P>]: ValueOf<P[K]> } & {
      readonly [K in Exclude<keyof P, AlwaysThere<S, P>>]?: ValueOf<P[K]>;
    }
  : unknown;

type ChosenKeys<S> = S extends { readonly additionalProperties: false }
  ? unknown
  : S extends { readonly additionalProperties: infer V }
    ? { readonly [key: string]: ValueOf<V> }
    : unknown;

type AlwaysThere<S, P> = (S extends { readonly required: readonly (infer R)[] } ? R & keyof P : never) | Filled<P>;

type Filled<P> = {
  [K in keyof P]: P[K] extends { readonly default: unknown } | { readonly type: 'array' }
    ? K
    : P[K] extends { readonly type: 'object' }
      ? P[K] extends { readonly required: readonly [unknown, ...unknown[]] }
        ? never
        : K
      : never;
}[keyof P];

type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;
