import { setTimeout as pass } from 'node:timers/promises';
import type { OptionSchema, OptionsOf } from '../../../shared/config/schema.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { defineInput, defineProcessor } from '../../../shared/plugin/definition.ts';

const processorSchema = {
  title: 'Throws at lines that ask for it, tags the others.',
  type: 'object',
  additionalProperties: false,
  properties: {
    start: {
      type: 'string',
      enum: ['well', 'throws'],
      default: 'well',
      description: 'What happens at the start.',
      enumDescriptions: { well: 'nothing', throws: 'it throws' },
    },
    later: {
      type: 'string',
      enum: ['well', 'throws', 'rejects'],
      default: 'well',
      description: 'What happens a moment after the first line, outside of all calls.',
      enumDescriptions: { well: 'nothing', throws: 'a timer throws', rejects: 'a promise is rejected' },
    },
    stop: {
      type: 'string',
      enum: ['well', 'throws', 'never'],
      default: 'well',
      description: 'What happens at the stop.',
      enumDescriptions: { well: 'nothing', throws: 'it throws', never: 'it does not come to an end' },
    },
  },
} as const satisfies OptionSchema;

/** A processor with bugs. */
export const troubledProcessor = defineProcessor<OptionsOf<typeof processorSchema>>({
  name: 'troubled_processor',
  schema: processorSchema,
  start({ start, later, stop }, { names }) {
    if (start === 'throws') throw new Error('the start has failed');
    const asked = names.of('throw');
    const seen = names.of('seen');
    let first = true;
    return {
      line(line) {
        if (first && later !== 'well') setTimeout(later === 'throws' ? throwNow : () => void rejectLater(), 50);
        first = false;
        if (line.tag(asked) !== undefined) throw new Error('a bug in line');
        line.setTag(seen, toByteString('yes'));
      },
      stop() {
        if (stop === 'throws') throw new Error('the stop has failed');
        if (stop === 'never') return new Promise(() => {});
        return undefined;
      },
    };
  },
});

function throwNow(): never {
  throw new Error('a bug in a timer');
}

async function rejectLater(): Promise<never> {
  throw new Error('a bug in a promise');
}

const inputSchema = {
  title: 'Gathers slowly, and now and then not at all.',
  type: 'object',
  additionalProperties: false,
  properties: {
    takes: { type: 'string', format: 'duration', default: '0s', description: 'How long a gathering takes.' },
    points: { type: 'integer', default: 1, minimum: 0, description: 'Points of one gathering.' },
    throws_at: { type: 'integer', default: 0, description: 'Number of the gathering that throws.' },
  },
} as const satisfies OptionSchema;

/** An input that numbers its gatherings, and says when two happen at a time. */
export const troubledInput = defineInput<OptionsOf<typeof inputSchema>>({
  name: 'troubled_input',
  schema: inputSchema,
  start({ takes, points: count, throws_at }, { points, log }) {
    let gatherings = 0;
    let open = 0;
    return {
      async gather() {
        const number = ++gatherings;
        log.info(`Gathering ${number}`);
        if (++open > 1) log.error('Two gatherings at a time');
        if (takes > 0) await pass(takes);
        open--;
        if (number === throws_at) throw new Error('nothing to be had');
        for (let n = 0; n < count; n++) {
          points.measurement('tick').tag('host', 'node-1').integer('gathering', number).integer('n', n).end();
        }
      },
    };
  },
});
