import type { Catalogue, CatalogueEntry, Configurable } from './catalogue.ts';
import { type CommonOptions, commonOptionsOf, type StageKind, stageSchema, tableOfKind } from './common-options.ts';
import { convertValues, isTable } from './convert-values.ts';
import { type Environment, expandEnvironment } from './environment.ts';
import { ConfigError, type ConfigErrorCode, type ConfigProblem } from './errors.ts';
import { explainError, optionName, pointerSteps } from './explain-error.ts';
import { didYouMean } from './near-miss.ts';
import { type ProcessOptions, processSchema } from './process-schema.ts';
import { quoteValue } from './quote.ts';
import { readSecretFile } from './read-secret-file.ts';
import type { TableSchema } from './schema.ts';
import { emptyDocument, pointerStep, type TomlDocument, type TomlTable, type TomlValue } from './toml-table.ts';
import type { Validator } from './validator.ts';

/** One stage of the chain, ready to start. */
export interface StageConfig<D extends Configurable> {
  readonly definition: D;
  /** The plugin's own options, as its schema says; give them to `definition.start`. */
  readonly options: unknown;
  readonly common: CommonOptions;
  /** The `alias`, else `<plugin>`, then `<plugin>#2`. */
  readonly alias: string;
}

/** A configuration that holds. */
export interface Config<D extends Configurable> {
  readonly process: ProcessOptions;
  /** In the order of the chain: inputs, processors, outputs; in each the stages without `order` first. */
  readonly stages: readonly StageConfig<D>[];
}

export interface ConfigOptions<D extends Configurable> {
  readonly catalogue: Catalogue<D>;
  readonly environment: Environment;
  /** Only this plugin, and once; absent: any number of stages, a chain. Without a table of it, it gets its defaults. */
  readonly plugin?: string;
  /** Replaceable in tests. */
  readonly readFile?: (path: string) => string;
}

const KINDS: readonly StageKind[] = ['input', 'processor', 'output'];

/** The configuration of a single plugin that was given no file. @throws {ConfigError} when it needs one */
export function defaultConfig<D extends Configurable>(options: ConfigOptions<D>): Config<D> {
  return buildConfig(emptyDocument(), '(no configuration)', options);
}

/** Checks all of a document and makes the stages from it. @throws {ConfigError} with every problem there is */
export function buildConfig<D extends Configurable>(
  document: TomlDocument,
  fileName: string,
  options: ConfigOptions<D>,
): Config<D> {
  return new ConfigBuilder(document, fileName, options).build();
}

/** A stage's table and the plugin that it is for. */
interface Found<D extends Configurable> {
  readonly entry: CatalogueEntry<D>;
  readonly pointer: string;
  readonly table: TomlValue;
  readonly offset: number;
}

class ConfigBuilder<D extends Configurable> {
  readonly #document: TomlDocument;
  readonly #fileName: string;
  readonly #options: ConfigOptions<D>;
  readonly #problems: (ConfigProblem & { readonly pointer: string })[] = [];
  readonly #expanded = new Set<string>();

  constructor(document: TomlDocument, fileName: string, options: ConfigOptions<D>) {
    this.#document = document;
    this.#fileName = fileName;
    this.#options = options;
  }

  build(): Config<D> {
    const root = this.#expand(this.#document.root, '') as TomlTable;
    const process = this.#validate(
      this.#options.catalogue.loadProcessValidator(),
      processSchema,
      root.process ?? {},
      '/process',
    );
    const found = this.#findStages(root);
    const lines = new Map(found.map((stage) => [this.#stage(stage), this.#document.lineOf(stage.pointer)]));
    const named = this.#name(inChainOrder([...lines.keys()]), lines);
    if (this.#problems.length > 0) throw new ConfigError(this.#fileName, this.#problems);
    return { process: process as ProcessOptions, stages: named };
  }

  #report(code: ConfigErrorCode, pointer: string, message: string): void {
    // one problem is enough for one place: what could not be converted fails its check, too
    if (code !== 'missing_option' && this.#problems.some((problem) => problem.pointer === pointer)) return;
    this.#problems.push({ code, pointer, line: this.#document.lineOf(pointer), message });
  }

  #expand(value: TomlValue, pointer: string): TomlValue {
    if (typeof value === 'string') {
      const { text, expanded, problems } = expandEnvironment(value, this.#options.environment);
      if (expanded) this.#expanded.add(pointer);
      if (problems.length > 0) this.#report('environment', pointer, problems.join('; '));
      return text;
    }
    if (Array.isArray(value)) return value.map((item, i) => this.#expand(item, pointer + pointerStep(i)));
    if (!isTable(value)) return value;
    const table: TomlTable = Object.create(null);
    for (const [key, item] of Object.entries(value)) table[key] = this.#expand(item, pointer + pointerStep(key));
    return table;
  }

  /** Every `[[kind.plugin]]` of the file that is for a plugin we have, in the order of the file. */
  #findStages(root: TomlTable): Found<D>[] {
    const found: Found<D>[] = [];
    for (const [key, value] of Object.entries(root)) {
      if (key === 'process') continue;
      const kind = KINDS.find((candidate) => tableOfKind(candidate) === key);
      if (kind === undefined) this.#unknownTable(key, value);
      else if (!isTable(value))
        this.#report('wrong_type', pointerStep(key), `write [[${key}.<plugin>]] and the options below it`);
      else for (const name of Object.keys(value)) found.push(...this.#stagesOf(kind, name, value[name] as TomlValue));
    }
    const { plugin, catalogue } = this.#options;
    if (plugin !== undefined && found.length === 0 && this.#problems.length === 0) {
      const entry = catalogue.entries.find(({ name }) => name === plugin);
      if (entry) found.push({ entry, pointer: '', table: Object.create(null), offset: 0 });
    }
    if (plugin === undefined && found.length === 0 && this.#problems.length === 0) {
      this.#report('unknown_table', '', 'no stage is configured; write [[processors.<plugin>]] or the like');
    }
    const stages = found.toSorted((a, b) => a.offset - b.offset);
    this.#onlyOneInput(stages);
    return stages;
  }

  #onlyOneInput(stages: readonly Found<D>[]): void {
    const [first, ...others] = stages.filter(({ entry }) => entry.kind === 'input');
    for (const { entry, pointer } of others) {
      const table = `${tableOfKind('input')}.${entry.name}`;
      const before = this.#document.lineOf(first?.pointer ?? '');
      this.#report(
        'conflict',
        pointer,
        `[[${table}]] is a second input besides that of line ${before}; a process has one, so give this one a file and a process of its own`,
      );
    }
  }

  #unknownTable(key: string, value: TomlValue): void {
    const tables = ['process', ...KINDS.map(tableOfKind)];
    const known = 'here are [process], [[inputs.*]], [[processors.*]] and [[outputs.*]]';
    if (isTable(value) || Array.isArray(value)) {
      const hint = didYouMean(key, tables) || `; ${known}`;
      this.#report('unknown_table', pointerStep(key), `unknown table ${quoteValue(key)}${hint}`);
    } else {
      this.#report('unknown_option', pointerStep(key), `option ${quoteValue(key)} stands outside of a table; ${known}`);
    }
  }

  #stagesOf(kind: StageKind, name: string, value: TomlValue): Found<D>[] {
    const pointer = pointerStep(tableOfKind(kind)) + pointerStep(name);
    const entry = this.#entryOf(kind, name, pointer);
    if (entry === undefined) return [];
    if (!Array.isArray(value)) {
      this.#report('wrong_type', pointer, `write [[${tableOfKind(kind)}.${name}]] with two brackets`);
      return [];
    }
    const found = value.map((table, i) => {
      const own = pointer + pointerStep(i);
      return { entry, pointer: own, table, offset: this.#document.offsetOf(own) };
    });
    if (this.#options.plugin !== undefined && kind !== 'input') {
      for (const { pointer: surplus } of found.slice(1)) {
        this.#report(
          'conflict',
          surplus,
          `"${name}" stands here a second time; several stages in one process need "crosslayer chain"`,
        );
      }
    }
    return found;
  }

  #entryOf(kind: StageKind, name: string, pointer: string): CatalogueEntry<D> | undefined {
    const { plugin, catalogue } = this.#options;
    const entry = catalogue.entries.find((candidate) => candidate.kind === kind && candidate.name === name);
    if (entry !== undefined && (plugin === undefined || plugin === name)) return entry;
    const table = `${tableOfKind(kind)}.${name}`;
    if (entry !== undefined) {
      const advice = `this process runs "${plugin}" alone; several stages in one process need "crosslayer chain"`;
      this.#report('conflict', pointer, `[[${table}]] is another plugin's table: ${advice}`);
      return undefined;
    }
    const other = catalogue.entries.find((candidate) => candidate.name === name);
    if (other !== undefined) {
      this.#report('unknown_plugin', pointer, `"${name}" is no ${kind}; write [[${tableOfKind(other.kind)}.${name}]]`);
    } else {
      const names = catalogue.entries.map((candidate) => candidate.name);
      this.#report('unknown_plugin', pointer, `unknown plugin ${quoteValue(name)}${didYouMean(name, names)}`);
    }
    return undefined;
  }

  #stage({ entry, pointer, table }: Found<D>): StageConfig<D> {
    const { definition, validate } = entry.load();
    const before = this.#problems.length;
    const all = this.#validate(validate, stageSchema(definition), table, pointer);
    const [options, common] = split(all, definition);
    if (this.#problems.length === before) {
      for (const [path, message] of definition.check?.(options as never) ?? []) {
        const place = pointer + path.split('.').filter(Boolean).map(pointerStep).join('');
        this.#report('conflict', place, path === '' ? message : `option "${path}": ${message}`);
      }
    }
    return { definition, options, common, alias: common.alias ?? '' };
  }

  #validate(validate: Validator, schema: TableSchema, table: TomlValue, pointer: string): Record<string, unknown> {
    const value = convertValues(schema, table, pointer, {
      isExpanded: (place) => this.#expanded.has(place),
      readFile: this.#options.readFile ?? readSecretFile,
      report: (code, place, message) => this.#report(code, place, `${optionName(pointerSteps(place))} ${message}`),
    });
    if (!validate(value)) {
      for (const error of validate.errors ?? []) {
        const { code, pointer: place, message } = explainError(error, schema, table);
        this.#report(code, pointer + place, message);
      }
    }
    return isTable(value) ? value : {};
  }

  /** Gives every stage the name it is called by. */
  #name(stages: readonly StageConfig<D>[], lines: ReadonlyMap<StageConfig<D>, number>): StageConfig<D>[] {
    const taken = new Set<string>();
    for (const stage of stages) {
      const { alias } = stage;
      const line = lines.get(stage) ?? 0;
      if (alias !== '' && taken.has(alias)) {
        const message = `alias ${quoteValue(alias)} is given to two stages; logs and statistics could not tell them apart`;
        this.#problems.push({ code: 'conflict', pointer: '', line, message });
      }
      taken.add(alias);
    }
    return stages.map((stage) => {
      if (stage.alias !== '') return stage;
      const { name } = stage.definition;
      let alias = name;
      for (let i = 2; taken.has(alias); i++) alias = `${name}#${i}`;
      taken.add(alias);
      return { ...stage, alias };
    });
  }
}

function split(all: Record<string, unknown>, definition: Configurable): [options: unknown, common: CommonOptions] {
  const own = definition.schema.properties ?? {};
  const commons = commonOptionsOf(definition);
  const pick = (wanted: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([key, value]) => value !== undefined && wanted(key)));
  const options = pick((key) => Object.hasOwn(own, key) || !Object.hasOwn(commons, key));
  return [options, pick((key) => Object.hasOwn(commons, key)) as CommonOptions];
}

function inChainOrder<D extends Configurable>(stages: readonly StageConfig<D>[]): StageConfig<D>[] {
  const orderOf = ({ common }: StageConfig<D>) => common.order ?? Number.NEGATIVE_INFINITY;
  const kindOf = ({ definition }: StageConfig<D>) => KINDS.indexOf(definition.kind);
  return stages.toSorted((a, b) => kindOf(a) - kindOf(b) || (orderOf(a) === orderOf(b) ? 0 : orderOf(a) - orderOf(b)));
}
