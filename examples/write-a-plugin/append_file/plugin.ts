import { defineOutput } from '../../../shared/plugin/definition.ts';
import { LineFile } from './line-file.ts';
import { type Options, schema } from './schema.ts';

/** Appends every batch to a file. What cannot be written is lost: the runtime counts and tells it, since it alone knows the lines. */
export const plugin = defineOutput<Options>({
  name: 'append_file',
  schema,
  async start({ file, max_bytes }, { log, stats }) {
    const writtenBytes = stats.counter('written_bytes');
    const rotations = stats.counter('rotations');
    const target = new LineFile({
      path: file,
      maxBytes: max_bytes ?? Number.POSITIVE_INFINITY,
      rotated: () => rotations.add(),
      torn: () => log.warn(`"${file}" ended within a line; it got a newline, and what is missing of the line is lost`),
    });
    // where nothing can be written, Telegraf keeps its metrics as long as we are not there
    await target.open();

    return {
      async write(lines) {
        await target.append(lines);
        writtenBytes.add(lines.length);
      },
      stop: () => target.close(),
    };
  },
});
