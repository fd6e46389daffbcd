import { defineOutput } from '../../shared/plugin/definition.ts';
import { startCollectdOut } from './collectd-out.ts';
import { entryProblems } from './map-rules.ts';
import { type Options, schema } from './schema.ts';

/** Hands lines to collectd as values and notifications. */
export const plugin = defineOutput<Options>({
  name: 'collectd_out',
  schema,
  check(options) {
    const problems: [string, string][] = options.map.flatMap((entry, i) =>
      entryProblems(entry).map(([option, message]): [string, string] => [`map.${i}.${option}`, message]),
    );
    const { transport, security_level, username, password_file } = options;
    if (transport === 'network' && options.meta_tags.length > 0)
      problems.push(['meta_tags', 'datagrams have no meta data; use transport "exec" or "unixsock"']);
    if (security_level !== 'none') {
      if (username === undefined) problems.push(['security_level', `"${security_level}" needs "username"`]);
      if (password_file === undefined) problems.push(['security_level', `"${security_level}" needs "password_file"`]);
    }
    return problems;
  },
  start: startCollectdOut,
});
