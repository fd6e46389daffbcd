import { escapedPrefix } from '../../shared/collectd-lines/escaped-parts.ts';
import { parseUdpEndpoint } from '../../shared/collectd-protocol/udp.ts';
import { toByteString } from '../../shared/line-protocol/byte-string.ts';
import { defineInput } from '../../shared/plugin/definition.ts';
import { CollectdIn } from './collectd-in.ts';
import { type Options, schema } from './schema.ts';

/** Values and notifications of collectd as lines: from its network plugin, from NotificationExec, or from recorded datagrams. */
export const plugin = defineInput<Options>({
  name: 'collectd_in',
  schema,
  gathers: false,
  flags: [
    {
      usage: '--decode FILE',
      description:
        'Read recorded datagrams from FILE, print their lines and end; "-" is standard input. One a line: {"b64": "…"}, or base64. With --explain "# " lines say what was refused or left out, and why.',
    },
  ],
  check(options) {
    const problems: [path: string, message: string][] = [];
    for (const [i, url] of options.listen.entries()) {
      const { problem } = parseUdpEndpoint(url, 'listen');
      if (problem !== undefined) problems.push([`listen.${i}`, problem]);
    }
    if (options.listen.length === 0 && options.spool === undefined) {
      problems.push(['listen', 'is empty and there is no "spool": nothing would ever come']);
    }
    if (options.notifications === 'spool' && options.spool === undefined) {
      problems.push(['notifications', '"spool" needs "spool", a directory']);
    }
    if (options.security_level !== 'none' && options.auth_file === undefined) {
      problems.push(['security_level', `"${options.security_level}" needs "auth_file", which says whom to believe`]);
    }
    if (options.replay_window > 0 && options.auth_file === undefined) {
      problems.push(['replay_window', 'needs "auth_file": who sends a plain datagram is not known']);
    }
    try {
      escapedPrefix(toByteString(options.prefix));
    } catch (error) {
      problems.push(['prefix', (error as Error).message]);
    }
    return problems;
  },
  async start(options, context) {
    const input = new CollectdIn(options, context);
    await input.start();
    return input;
  },
});
