import { commonOptions, inputOptions, tableOfKind } from '../config/common-options.ts';
import { processSchema } from '../config/process-schema.ts';
import { optionTable } from '../config/readme-table.ts';
import { FLAGS } from '../plugin/command-line.ts';
import type { FoundPlugin } from './find-plugins.ts';

const WRITTEN = '<!-- Written by `npm run docs` from the schemas; changes here are lost. -->';

/** `docs/reference/options.md`: every option there is. */
export function optionsPage(plugins: readonly FoundPlugin[]): string {
  return `${[
    '# Options',
    WRITTEN,
    'A configuration is a TOML file with one table for each stage, `[[inputs.<plugin>]]`, `[[processors.<plugin>]]` or `[[outputs.<plugin>]]`, and at most one table `[process]`. `crosslayer <plugin> --sample-config` prints a file to start from; `--config-check` tells every mistake with its line.',
    VALUES,
    '## `[process]`',
    'One process has one standard input and one standard output; what concerns them stands here.',
    optionTable(processSchema),
    '## Every stage',
    "Lines that the filters (`namepass`, `namedrop`, `tagpass`, `tagdrop`) of a processor do not select pass by it untouched; those of an input are dropped, and an output does not get them. An output sees the lines as all processors left them. The globs are Telegraf's: `*` matches any text, `/` and `.` too, `?` one character, `[a-z]` and `[!a-z]` one of these or none of these, `{a,b*}` one of several globs, and `\\` takes the special meaning from the next character.",
    optionTable(commonOptions),
    '## Every input that gathers, besides',
    optionTable(inputOptions),
    ...plugins.flatMap(({ definitions }) =>
      definitions.flatMap(({ definition: { kind, name, schema } }) => [
        `## \`[[${tableOfKind(kind)}.${name}]]\``,
        schema.title,
        optionTable(schema),
      ]),
    ),
  ].join('\n\n')}\n`;
}

/** `docs/reference/command-line.md`: flags and exit statuses. */
export function commandLinePage(plugins: readonly FoundPlugin[]): string {
  const definitions = plugins.flatMap((plugin) => plugin.definitions.map(({ definition }) => definition));
  const ofPlugins = definitions.flatMap(({ name, flags = [] }) =>
    flags.length === 0
      ? []
      : [`## Flags of \`${name}\``, flagTable(flags.map(({ usage, description }) => [usage, description]))],
  );
  return `${[
    '# Command line',
    WRITTEN,
    '    crosslayer <plugin> [flags]\n    crosslayer chain --config FILE [flags]\n    crosslayer-<plugin> [flags]',
    'Flags take one dash or two, and their value after a blank or after `=`.',
    flagTable(FLAGS),
    ...ofPlugins,
    '## Exit status',
    EXIT_STATUS,
  ].join('\n\n')}\n`;
}

function flagTable(flags: readonly (readonly [usage: string, description: string])[]): string {
  const rows = flags.map(([usage, description]) => `| \`${usage}\` | ${description.replaceAll('|', '\\|')} |`);
  return ['| Flag | Meaning |', '| --- | --- |', ...rows].join('\n');
}

const VALUES = `| Type | How it is written |
| --- | --- |
| duration | as in Telegraf: \`"250ms"\`, \`"10s"\`, \`"1h30m"\`, \`"1.5d"\`; a bare number, and digits without a unit, are seconds |
| size | as in Telegraf: \`"64KiB"\`, \`"1.5MB"\`; KB, MB, GB count by 1000, KiB, MiB, GiB by 1024; a bare number is bytes |
| word | one of the words that are listed |
| path of a secret | a file whose content, without blanks around it, is the value |
| tables | written \`[[processors.<plugin>.<option>]]\`, once for each |

In every string \`\${VAR}\` stands for an environment variable, which must be set; \`\${VAR:-default}\` for it or, when it is unset or empty, the default; \`\${VAR:?message}\` stops with the message then. \`$\${\` is a literal \`\${\`. A string that is made of variables may also stand for a number or for true and false. What a variable holds cannot change the structure of the file.`;

const EXIT_STATUS = `| Status | Meaning |
| --- | --- |
| 0 | Done: end of input or a signal, and everything was written. |
| 1 | Failed while running. A restart may help. |
| 2 | Wrong usage or configuration. A restart does not help. |`;
