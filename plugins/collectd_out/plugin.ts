import { MAX_ENCRYPTING_USER_BYTES, MAX_SIGNING_USER_BYTES } from '../../shared/collectd-protocol/security.ts';
import { parseUdpEndpoint } from '../../shared/collectd-protocol/udp-endpoint.ts';
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
    const { transport, server, security_level, username, password_file } = options;
    const { problem } = parseUdpEndpoint(server, 'send');
    if (problem !== undefined) problems.push(['server', problem]);
    if (transport === 'network' && options.meta_tags.length > 0)
      problems.push(['meta_tags', 'datagrams have no meta data; use transport "exec" or "unixsock"']);
    if (security_level !== 'none') {
      const limit = security_level === 'sign' ? MAX_SIGNING_USER_BYTES : MAX_ENCRYPTING_USER_BYTES;
      if (username !== undefined && Buffer.byteLength(username) > limit)
        problems.push(['username', `collectd knows at most ${limit} bytes of it with "${security_level}"`]);
      if (username === undefined) problems.push(['username', `is needed for security_level = "${security_level}"`]);
      if (password_file === undefined)
        problems.push(['password_file', `is needed for security_level = "${security_level}"`]);
    }
    return problems;
  },
  start: startCollectdOut,
});
