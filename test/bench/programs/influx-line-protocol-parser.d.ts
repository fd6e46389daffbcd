declare module 'influx-line-protocol-parser' {
  type Values = Record<string, unknown>[];
  export default function parse(line: string): {
    measurement: string;
    tags: Values;
    fields: Values;
    timestamp: unknown;
  };
}
