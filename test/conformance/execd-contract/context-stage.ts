import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost, ExecdOptions } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';

/** A stage that changes every line: each gets the tags `sfc` and `sfc_i`. */
export const CONTEXT = `
[[processors.surrogate_context]]
  [processors.surrogate_context.context]
    sfc = "media_dash"
    sfc_i = "media_dash_1"
`;

/** The nth line that is written, and the nth that must come out. */
export const line = (n: number) => `net,host=node-1,interface=tap0 rx=${n}i 1795259876000000000\n`;
export const tagged = (n: number) =>
  `net,host=node-1,interface=tap0,sfc=media_dash,sfc_i=media_dash_1 rx=${n}i 1795259876000000000\n`;

export const lines = (count: number, from = 0) => Array.from({ length: count }, (_, i) => line(from + i)).join('');
export const allTagged = (count: number) => Array.from({ length: count }, (_, i) => tagged(i)).join('');

/** What differs from the documented block for telegraf.conf. */
export interface StageOptions extends Omit<ExecdOptions, 'command'> {
  /** Default `telegraf`. */
  readonly as?: 'telegraf' | 'collectd' | 'pipe';
  /** Content of the table `[process]`. */
  readonly process?: string;
}

/** `processTest`, with `stage` that starts surrogate_context. */
export const stageTest = processTest.extend<{ stage: (options?: StageOptions) => ExecdHost }>({
  stage: async ({ file, start }, use) => {
    await use(({ as = 'telegraf', process = '', ...options } = {}) => {
      const config = file('surrogate-context.conf', `[process]\n${process}\n${CONTEXT}`);
      return start({ command: crosslayer('surrogate-context', '--config', config, '--host', as), ...options });
    });
  },
});
