import { appendFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import type { OptionSchema, OptionsOf } from '../../../shared/config/schema.ts';
import { defineOutput } from '../../../shared/plugin/definition.ts';

const schema = {
  title: 'Appends lines to a file, as badly as a test wants it.',
  type: 'object',
  additionalProperties: false,
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, description: 'Where the lines go.', examples: ['/tmp/out.lp'] },
    delay: { type: 'string', format: 'duration', default: '0s', description: 'How long a write takes.' },
    stop_delay: { type: 'string', format: 'duration', default: '0s', description: 'How long the stop takes.' },
    hold: { type: 'boolean', default: false, description: 'Whether lines are held until the stop.' },
    trouble: {
      type: 'string',
      enum: ['none', 'rejects', 'throws', 'never'],
      default: 'none',
      description: 'What goes wrong with a batch that holds the word "trouble".',
      enumDescriptions: {
        none: 'nothing',
        rejects: 'the promise is rejected',
        throws: 'write throws',
        never: 'the promise stays open',
      },
    },
  },
} as const satisfies OptionSchema;

/** An output at a chain's end. Says at its stop how many writes there were, and how many at a time. */
export const testOutput = defineOutput<OptionsOf<typeof schema>>({
  name: 'test_output',
  schema,
  start({ file, delay, stop_delay, hold, trouble }, { log }) {
    const held: Buffer[] = [];
    let writes = 0;
    let open = 0;
    let most = 0;

    const write = async (lines: Uint8Array) => {
      writes++;
      most = Math.max(most, ++open);
      try {
        if (delay > 0) await pass(delay);
        if (Buffer.from(lines).includes('trouble')) {
          if (trouble === 'rejects') throw new Error('the far end said no');
          if (trouble === 'never') await new Promise(() => {});
        }
        // the promise is what says that the bytes are no longer needed
        if (hold) held.push(Buffer.from(lines));
        else appendFileSync(file, lines);
      } finally {
        open--;
      }
    };
    return {
      write(lines) {
        if (trouble === 'throws' && Buffer.from(lines).includes('trouble')) throw new Error('write has thrown');
        return write(lines);
      },
      async stop() {
        if (stop_delay > 0) await pass(stop_delay);
        for (const lines of held) appendFileSync(file, lines);
        log.info(`Ended after ${writes} writes, ${most} at a time, ${open} open`);
      },
    };
  },
});
