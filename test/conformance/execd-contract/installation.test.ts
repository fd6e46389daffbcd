import { cpSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { PROGRAM } from '../../support/crosslayer.ts';
import { plugins } from '../../support/plugins.ts';
import { processTest as test } from '../../support/process-test.ts';
import { CONTEXT, line, tagged } from './context-stage.ts';

/** The built programs, wherever and however they were put. */
describe('an installed program', () => {
  test('has a launcher for each plugin that takes the same flags, also through a link', async ({ start, folder }) => {
    for (const { subcommand } of plugins()) {
      const link = join(folder, `crosslayer-${subcommand}`);
      symlinkSync(join(dirname(PROGRAM), `crosslayer-${subcommand}.cjs`), link);
      const host = start({ command: [link, '--version'] });
      expect(await host.finished, subcommand).toEqual({ code: 0, signal: null });
      expect(host.stdout.raw).toMatch(/^crosslayer \d+\.\d+\.\d+/);
    }
  });

  test('works with a code cache that is missing, cut or of another machine', async ({ start, file, folder }) => {
    const config = file('context.conf', CONTEXT);
    const check = async (name: string, spoil: (cache: string) => void) => {
      const place = join(folder, name);
      cpSync(dirname(PROGRAM), place, { recursive: true });
      for (const entry of readdirSync(place)) if (entry.endsWith('.cache')) spoil(join(place, entry));
      const words = ['surrogate-context', '--config', config];
      const host = start({ command: [process.execPath, join(place, 'crosslayer.cjs'), ...words] });
      await host.write(line(0));
      host.closeStdin();
      expect(await host.finished, name).toEqual({ code: 0, signal: null });
      expect(host.stdout.raw, name).toBe(tagged(0));
      expect(host.stderr.raw, name).toBe('');
    };
    await check('whole', () => {});
    await check('missing', (cache) => rmSync(cache));
    await check('cut', (cache) => truncateSync(cache, 1000));
    await check('empty', (cache) => truncateSync(cache, 0));
    await check('foreign', (cache) => writeFileSync(cache, Buffer.alloc(400_000, 0xa5)));
  });
});
