import { defineProcessor } from '../../shared/plugin/definition.ts';
import { loadFileReaders } from '../../shared/topology/file-readers.ts';
import { type Options, schema } from './schema.ts';
import { TopologyTagger } from './topology-tagger.ts';
import { problemsOfTags } from './wanted-tags.ts';

/** Adds who-runs-where tags to lines, by the identity that they carry, at their own time. */
export const plugin = defineProcessor<Options>({
  name: 'topology_tagger',
  schema,
  check(options) {
    return problemsOfTags(
      options.tags,
      options.key.map(({ tag }) => tag),
    );
  },
  async start(options, context) {
    return new TopologyTagger(options, context, await loadFileReaders(options));
  },
});
