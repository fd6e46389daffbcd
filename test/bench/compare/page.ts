import type { Comparison } from './comparison.ts';
import type { Delivered } from './delivered.ts';

/** How the figures came about. */
export interface ComparisonRun {
  readonly date: Date;
  readonly crosslayer: string;
  readonly telegraf: string;
}

/** The page `docs/reference/collectd-compared.md`. */
export function comparisonPage(
  comparisons: readonly Comparison[],
  { date, crosslayer, telegraf }: ComparisonRun,
): string {
  return `# collectd's datagrams, read by Telegraf and by crosslayer

Written by \`npm run compare\` on ${date.toISOString().slice(0, 10)} with crosslayer ${crosslayer} and ${telegraf}; do not edit.

${INTRODUCTION}

${comparisonTables(comparisons)}`;
}

/** All that is measured: what a test compares with a run of its own. */
export function comparisonTables(comparisons: readonly Comparison[]): string {
  // the first case of a recording is the one that believes all of it
  const recordings = comparisons.filter(
    (row, i) => comparisons.findIndex((other) => recordingOf(other) === recordingOf(row)) === i,
  );
  return `## What was sent

The recordings are those of \`test/fixtures/collectd\`: datagrams of collectd 5.12, and some made by hand that collectd never sends
(\`handmade\`). ${LESS_ABSOLUTE}

${table(
  ['recording', 'datagrams', 'value lists', 'values', 'NaN or infinite', 'notifications'],
  recordings.map((row) => {
    const { datagrams, lists, values, finite, notifications } = row.expected;
    return [recordingOf(row), datagrams, lists, values, values - finite.length, notifications];
  }),
)}

## Values that came

${table(
  ['recording', 'settings', 'to come', 'Telegraf', 'collectd_in, `telegraf_split`', 'collectd_in, `crosslayer`'],
  comparisons.map((row) => {
    const { one, expected, telegraf, likeTelegraf, ours } = row;
    return [recordingOf(row), one.what, expected.finite.length, came(telegraf), came(likeTelegraf), came(ours)];
  }),
)}

${WHAT_NUMBERS_ARE}

## Values that collectd itself refuses

${table(
  ['recording', 'settings', 'Telegraf', 'collectd_in'],
  comparisons
    .filter(({ telegraf, ours }) => telegraf.unasked + ours.unasked > 0)
    .map((row) => [recordingOf(row), row.one.what, row.telegraf.unasked, row.ours.unasked]),
)}

## Notifications and intervals

${table(
  [
    'recording',
    'settings',
    'notifications to come',
    'Telegraf',
    'collectd_in',
    'lines with the interval: Telegraf',
    'collectd_in, `interval = "field"`',
  ],
  comparisons
    .filter(({ expected, ours }) => expected.notifications + ours.intervals > 0)
    .map((row) => {
      const { one, expected, telegraf, ours } = row;
      return [
        recordingOf(row),
        one.what,
        expected.notifications,
        telegraf.notifications,
        ours.notifications,
        telegraf.intervals,
        ours.intervals,
      ];
    }),
)}

## What was lost

${table(
  [
    'recording',
    'settings',
    'by',
    'values',
    'whole value lists',
    'whole datagrams',
    'of these with an ABSOLUTE',
    'its log',
  ],
  comparisons.flatMap((row) => [
    ...lossRow(row, 'Telegraf', row.telegraf, said(row.telegrafErrors)),
    ...lossRow(row, 'collectd_in', row.ours, ''),
  ]),
)}
`;
}

function came({ values, again, inexact }: Delivered): string {
  return [
    String(values),
    ...(again > 0 ? [`${again} of them twice`] : []),
    ...(inexact > 0 ? [`${inexact} with another number`] : []),
  ].join(', ');
}

function lossRow(row: Comparison, by: string, delivered: Delivered, text: string): Cell[][] {
  if (delivered.lost.length === 0) return [];
  const withAbsolute = new Set(
    row.expected.finite.filter(({ kind }) => kind === 'absolute').map(({ datagram }) => datagram),
  );
  const { lost, lostLists, lostDatagrams } = delivered;
  const absolutes = lostDatagrams.filter((datagram) => withAbsolute.has(datagram)).length;
  return [[recordingOf(row), row.one.what, by, lost.length, lostLists, lostDatagrams.length, absolutes, text]];
}

function said(errors: ReadonlyMap<string, number>): string {
  return [...errors]
    .toSorted()
    .map(([text, count]) => `${count} × \`${text}\``)
    .join(', ');
}

function recordingOf({ one }: Comparison): string {
  return one.withoutAbsolute ? `${one.recording} without ABSOLUTE` : one.recording;
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const row = (cells: readonly Cell[]) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const INTRODUCTION = `The same datagrams through Telegraf's \`inputs.socket_listener\` with \`data_format = "collectd"\`, over UDP, and through
\`collectd_in\` with \`--decode\`. What should have come is what collectd's own receiver dispatched with the same settings, without NaN and infinities,
which line protocol does not have. \`collectd_in\` ran twice: with the names and floats of Telegraf's parser (\`naming = "telegraf_split"\`), and with its
own (\`crosslayer\`).`;

const LESS_ABSOLUTE = `\`plain without ABSOLUTE\` is \`plain\` with the value lists taken out that hold an ABSOLUTE: what Telegraf's parser says
of a node where no plugin has any.`;

const WHAT_NUMBERS_ARE = `Another number: a 64-bit integer beyond 2^53 that was made a double.`;
