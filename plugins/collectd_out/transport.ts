import type { Door } from './lists-out.ts';

/** A way to collectd. */
export interface Transport {
  readonly door: Door;
  /** Sends what went through the door since the last call. A promise asks to wait. */
  flush(): Promise<void> | undefined;
  /** Nobody is to wait any longer, as the process ends. */
  ending?(): void;
  /** Delivers what is held. */
  stop(): Promise<void> | undefined;
}
