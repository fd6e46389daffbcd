/** How the demo is to be run. */
export interface DemoOptions {
  readonly seconds: number;
  readonly colour: boolean;
  /** A folder of its own for files that it needs. */
  readonly folder: string;
  readonly print: (text: string) => void;
}
