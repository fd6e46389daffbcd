import { setTimeout as pass, setImmediate as turn } from 'node:timers/promises';
import type { OptionSchema, OptionsOf } from '../../../shared/config/schema.ts';
import { defineInput, defineOutput } from '../../../shared/plugin/definition.ts';

/** What an input and an output of a process know of each other. */
class Tally {
  sent = 0;
}

const inputSchema = {
  title: 'Sends numbered lines of its own.',
  type: 'object',
  additionalProperties: false,
  properties: {
    at_start: { type: 'integer', default: 0, description: 'Lines that are sent before the other stages are started.' },
    at_stop: { type: 'integer', default: 0, description: 'Lines that are sent at the stop.' },
    ends: { type: 'boolean', default: true, description: 'Whether it ends after the lines of --lines.' },
  },
} as const satisfies OptionSchema;

/** An input that does not gather: it sends as many lines as --lines says, one by one, and waits where it has to. */
export const sendingInput = defineInput<OptionsOf<typeof inputSchema>>({
  name: 'sending_input',
  schema: inputSchema,
  gathers: false,
  flags: [
    { usage: '--lines NUMBER', description: 'How many lines to send.' },
    { usage: '--twice', description: 'Send each line twice.' },
  ],
  async start({ at_start, at_stop, ends }, { send, end, flag, shared, explain, log, stats }) {
    const tally = shared(Tally);
    const waits = stats.counter('waits');
    stats.gauge('at_a_trigger', () => 0);
    let number = 0;
    let stopped = false;
    const sendOne = (from: string) => {
      tally.sent++;
      return send(Buffer.from(`sent,from=${from} n=${number++}i 1\n${explain ? '# said\n' : ''}`));
    };
    for (let n = 0; n < at_start; n++) void sendOne('start');
    await pass(20);
    setImmediate(async () => {
      for (let n = 0; n < Number(flag('lines') ?? 0) && !stopped; n++) {
        if (n % 1000 === 999) await turn();
        for (const _ of flag('twice') === '' ? [1, 2] : [1]) {
          const behind = sendOne('loop');
          if (!behind) continue;
          waits.add();
          await behind;
        }
      }
      log.warn(`Sent ${tally.sent}, waited ${waits.value > 0}, no such flag ${flag('config') === undefined}`);
      if (ends) end();
    });
    return {
      stop() {
        stopped = true;
        for (let n = 0; n < at_stop; n++) void sendOne('stop');
      },
    };
  },
});

const outputSchema = {
  title: 'Writes each line to stdout in another form.',
  type: 'object',
  additionalProperties: false,
  properties: {},
} as const satisfies OptionSchema;

/** An output with a protocol on stdout: every line of it begins with PUT. */
export const protocolOutput = defineOutput<OptionsOf<typeof outputSchema>>({
  name: 'protocol_output',
  schema: outputSchema,
  start(_, { writeStdout, shared, log }) {
    const tally = shared(Tally);
    let waits = 0;
    return {
      write(lines) {
        const text = Buffer.from(lines).toString().replace(/^/gm, 'PUT ').replace(/PUT $/, '');
        const behind = writeStdout(Buffer.from(text));
        if (behind) waits++;
        log.info('Wrote a batch');
        return behind;
      },
      stop() {
        log.warn(`Of ${tally.sent} lines, waited ${waits > 0}`);
        void writeStdout(Buffer.from('PUT the end\n'));
      },
    };
  },
});
