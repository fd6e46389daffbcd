import { didYouMean } from '../../shared/config/near-miss.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import { defineProcessor } from '../../shared/plugin/definition.ts';
import { ATTRIBUTE_NAMES, attributeOf } from '../../shared/topology/attributes.ts';
import { cleanValue } from '../../shared/topology/clean-value.ts';
import { loadFileReaders } from '../../shared/topology/file-readers.ts';
import { type Options, schema } from './schema.ts';
import { SurrogateContext } from './surrogate-context.ts';
import { CONTEXT_KEYS, TAG_OF_KEY } from './tag-names.ts';

/** Injects the service context of the surrogate into every line, and protects it. */
export const plugin = defineProcessor<Options>({
  name: 'surrogate_context',
  schema,
  check(options) {
    const problems: [string, string][] = [];
    const nameless = CONTEXT_KEYS.filter((key) => TAG_OF_KEY[options.profile][key] === undefined);
    for (const key of nameless) {
      const message = `profile "${options.profile}" has no tag for "${key}"; remove it or use profile "clmc"`;
      if (options.context[key] !== undefined) problems.push([`context.${key}`, message]);
      if (options.snapshot_keys[key] !== undefined) problems.push([`snapshot_keys.${key}`, message]);
      if (options.required.includes(key)) problems.push(['required', message]);
    }
    for (const key of CONTEXT_KEYS) {
      const value = options.context[key];
      if (value !== undefined && cleanValue(value).value === '')
        problems.push([`context.${key}`, 'has no visible character']);
    }
    for (const [key, name] of Object.entries(options.snapshot_keys)) {
      if (attributeOf(name) !== undefined) continue;
      problems.push([
        `snapshot_keys.${key}`,
        `the snapshot has no ${quoteValue(name)}${didYouMean(name, ATTRIBUTE_NAMES)}`,
      ]);
    }
    if (options.snapshot === undefined && Object.keys(options.snapshot_keys).length > 0) {
      problems.push(['snapshot_keys', 'there is no "snapshot" to take them from']);
    }
    return problems;
  },
  async start(options, context) {
    return new SurrogateContext(options, context, await loadFileReaders({ snapshot: options.snapshot }));
  },
});
