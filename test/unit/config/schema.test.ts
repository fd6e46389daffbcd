import { expectTypeOf, test } from 'vitest';
import type { CommonOptions } from '../../../shared/config/common-options.ts';
import type { ProcessOptions } from '../../../shared/config/process-schema.ts';
import type { FullOptions } from '../../support/dummy-plugins.ts';

test('a schema gives the type of what a stage gets', () => {
  expectTypeOf<FullOptions>().toEqualTypeOf<{
    readonly endpoint: string;
    readonly mode: 'fast' | 'careful';
    readonly timeout: number;
    readonly grace?: number;
    readonly spool_size: number;
    readonly token_file?: string;
    readonly retries: number;
    readonly ratio: number;
    readonly verify: boolean;
    readonly tags: readonly string[];
    readonly limits: { readonly lines: number; readonly age: number };
    readonly labels: { readonly [key: string]: string };
    readonly key: readonly { readonly tag: string; readonly kind: 'vm' | 'if' }[];
  }>();
  expectTypeOf<ProcessOptions['coalesce']>().toEqualTypeOf<number>();
  expectTypeOf<ProcessOptions['quarantine']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<CommonOptions['namepass']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<CommonOptions['tagpass']>().toEqualTypeOf<{ readonly [key: string]: readonly string[] }>();
});
