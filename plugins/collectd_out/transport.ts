import type { Door } from './lists-out.ts';

/** A way to collectd. */
export interface Transport {
  readonly door: Door;
  /** Sends what went through the door since the last call. A promise asks to wait. */
  flush(): Promise<void> | undefined;
  /** Delivers what is held. */
  stop(): Promise<void> | undefined;
}
