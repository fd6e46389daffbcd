/** What a plugin says to the operator. The runtime puts it into the form that the host understands. */
export interface Log {
  /** Something is wrong and data is or will be lost. */
  error(text: string): void;
  /** Something deserves attention; data still flows. */
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
  trace(text: string): void;
  /**
   * Trouble that repeats, e.g. for many lines: the first of a kind is logged at once, the others of the next minute are
   * summed up in one line; an error where data is lost, else a warning («… (and 41 more in the last 60 s)»).
   */
  trouble(kind: string, text: string, level?: 'warn' | 'error'): void;
}
