import { hostname } from 'node:os';
import { defineInput } from '../../../shared/plugin/definition.ts';
import { HostReader } from './host-reader.ts';
import { type Options, schema } from './schema.ts';

/** Measures this machine: cpu, mem, net and system, in Telegraf's names and types. */
export const plugin = defineInput<Options>({
  name: 'host_metrics',
  schema,
  start(options, { points, stats, log, now }) {
    const reader = new HostReader({
      ...options,
      host: options.host ?? hostname(),
    });
    const errors = stats.counter('read_errors');

    return {
      gather() {
        const timeNs = BigInt(Math.trunc(now())) * 1_000_000n;
        for (const measurement of options.collect) {
          try {
            reader[measurement](points, timeNs);
          } catch (error) {
            // One file that cannot be read, for want of a right or in a container, must not cost the other measurements.
            errors.add();
            log.trouble(
              `read_${measurement}`,
              `Cannot measure "${measurement}": ${error instanceof Error ? error.message : error}`,
            );
          }
        }
      },
      stop() {
        reader.close();
      },
    };
  },
});
