import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './support/tally-reporter.ts';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    reporters: ['default', new TallyReporter()],
    coverage: { provider: 'v8', include: ['shared/**/*.ts', 'plugins/**/*.ts', 'examples/**/*.ts'] },
  },
});
