import { isIPv4, isIPv6 } from 'node:net';

/** Port and groups of collectd's network plugin, when nothing else is said (src/network.h). */
export const DEFAULT_PORT = 25_826;
/** The multicast groups that collectd sends to and joins when no address is configured. */
export const DEFAULT_GROUPS = { ipv4: '239.192.74.66', ipv6: 'ff18::efc0:4a42' } as const;

/** Where datagrams come from or go to. */
export interface UdpEndpoint {
  /** An address without brackets, or a name; empty to listen on all addresses. */
  readonly host: string;
  readonly port: number;
  /** Of an address; undefined for a name. */
  readonly family: 4 | 6 | undefined;
  readonly isMulticast: boolean;
}

/** Where a URL leads, or what is wrong with it; one of the two is there. */
export type ParsedEndpoint =
  | { readonly endpoint: UdpEndpoint; readonly problem?: never }
  /** For an operator, with the text in quotes. */
  | { readonly endpoint?: never; readonly problem: string };

const URL = /^udp:\/\/(?:\[([^\]]*)\]|([^:[\]/]*))(?::([^:/]*))?\/?$/;
const NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/**
 * Reads `udp://HOST:PORT`: an IPv4 address, an IPv6 address in brackets (with `%interface` where it needs one), or a name; the port may be left out. To listen,
 * the host may be left out too, and port 0 asks for any that is free.
 */
export function parseUdpEndpoint(text: string, use: 'listen' | 'send'): ParsedEndpoint {
  const refuse = (why: string) => ({ problem: `${JSON.stringify(text)} ${why}` });
  if (!text.startsWith('udp://'))
    return refuse(`does not begin with "udp://"; right would be "udp://127.0.0.1:${DEFAULT_PORT}"`);
  const [whole, bracketed, plain, portText = `${DEFAULT_PORT}`] = URL.exec(text) ?? [];
  if (whole === undefined)
    return refuse(`is not "udp://HOST:PORT"; an IPv6 address stands in brackets, "udp://[::1]:${DEFAULT_PORT}"`);
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  const lowest = use === 'listen' ? 0 : 1;
  if (!(port >= lowest && port <= 65_535)) return refuse(`has no port between ${lowest} and 65535`);
  const host = bracketed ?? plain ?? '';
  if (bracketed !== undefined && !isIPv6(bracketed)) return refuse('has no IPv6 address in its brackets');
  if (host === '' && use === 'send') return refuse('does not say to whom');
  if (bracketed === undefined && host !== '' && !isIPv4(host)) {
    if (/^[\d.]+$/.test(host)) return refuse('has an IPv4 address that is none');
    if (!NAME.test(host)) return refuse('has neither an address nor a name for its host');
  }
  const family = isIPv4(host) ? 4 : isIPv6(host) ? 6 : undefined;
  return { endpoint: { host, port, family, isMulticast: isMulticast(host, family) } };
}

function isMulticast(host: string, family: UdpEndpoint['family']): boolean {
  const first = Number.parseInt(host, 10);
  return family === 4 ? first >= 224 && first <= 239 : family === 6 && /^ff/i.test(host);
}

/** As an operator would write it. */
export function endpointText({ host, port }: Pick<UdpEndpoint, 'host' | 'port'>): string {
  return `udp://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
