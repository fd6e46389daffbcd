import { expect, test, vi } from 'vitest';
import { requireProgram } from './requirement.ts';

test('a missing program skips loudly, and fails under CI=true', () => {
  const missing = { name: 'telegraf', find: () => undefined, install: 'npm run peers' };
  const say = vi.fn();

  expect(requireProgram({ ...missing, find: () => '/bin/telegraf' }, { CI: 'true' }, say)).toEqual({
    path: '/bin/telegraf',
  });
  expect(say).not.toHaveBeenCalled();

  const reason = 'telegraf was not found; install it with: npm run peers';
  expect(requireProgram(missing, {}, say)).toEqual({ missing: reason });
  expect(say).toHaveBeenCalledWith(`SKIPPED: ${reason}`);

  expect(() => requireProgram(missing, { CI: 'true' }, say)).toThrow(reason);
});
