import { expect, test } from 'vitest';
import { endpointText, parseUdpEndpoint } from '../../../shared/collectd-protocol/udp-endpoint.ts';

test('addresses, names and groups', () => {
  const check = (text: string, host: string, port: number, family: 4 | 6 | undefined, isMulticast = false) => {
    expect(parseUdpEndpoint(text, 'send')).toEqual({ endpoint: { host, port, family, isMulticast } });
    expect(parseUdpEndpoint(endpointText({ host, port }), 'listen')).toEqual(parseUdpEndpoint(text, 'listen'));
  };
  check('udp://127.0.0.1:25826', '127.0.0.1', 25826, 4);
  check('udp://127.0.0.1', '127.0.0.1', 25826, 4);
  check('udp://127.0.0.1/', '127.0.0.1', 25826, 4);
  check('udp://127.0.0.1:65535/', '127.0.0.1', 65535, 4);
  check('udp://[::1]:1', '::1', 1, 6);
  check('udp://[::1]', '::1', 25826, 6);
  check('udp://[fe80::1%eth0]:9', 'fe80::1%eth0', 9, 6);
  check('udp://collectd.example.net:8094', 'collectd.example.net', 8094, undefined);
  check('udp://localhost', 'localhost', 25826, undefined);
  check('udp://a_b-1.example.net.', 'a_b-1.example.net.', 25826, undefined);

  check('udp://239.192.74.66', '239.192.74.66', 25826, 4, true);
  check('udp://224.0.0.1', '224.0.0.1', 25826, 4, true);
  check('udp://[ff18::efc0:4a42]', 'ff18::efc0:4a42', 25826, 6, true);
  check('udp://[FF02::1%eth0]', 'FF02::1%eth0', 25826, 6, true);
  check('udp://223.255.255.255', '223.255.255.255', 25826, 4);
  check('udp://240.0.0.1', '240.0.0.1', 25826, 4);
  check('udp://23.9.9.9', '23.9.9.9', 25826, 4);
  check('udp://[fe80::1]', 'fe80::1', 25826, 6);
});

test('to listen, the host and the port may be left open', () => {
  const endpoint = { host: '', port: 25826, family: undefined, isMulticast: false };
  expect(parseUdpEndpoint('udp://', 'listen')).toEqual({ endpoint });
  expect(parseUdpEndpoint('udp://:0', 'listen')).toEqual({ endpoint: { ...endpoint, port: 0 } });
  expect(parseUdpEndpoint('udp://', 'send').problem).toBe('"udp://" does not say to whom');
  expect(parseUdpEndpoint('udp://a:0', 'send').problem).toBe('"udp://a:0" has no port between 1 and 65535');
});

test('says what is wrong', () => {
  const check = (text: string, wanted: string) => {
    for (const use of ['listen', 'send'] as const)
      expect(parseUdpEndpoint(text, use).problem).toContain(`${JSON.stringify(text)} ${wanted}`);
  };
  check('127.0.0.1:25826', 'does not begin with "udp://"');
  check('tcp://127.0.0.1:25826', 'does not begin with "udp://"; right would be "udp://127.0.0.1:25826"');
  check('udp://::1:25826', 'is not "udp://HOST:PORT"; an IPv6 address stands in brackets');
  check('udp://fe80::1', 'is not "udp://HOST:PORT"');
  check('udp://a:1/x', 'is not "udp://HOST:PORT"');
  check('udp://[::1', 'is not');
  check('udp://[::1]x', 'is not');
  check('udp://[127.0.0.1]:1', 'has no IPv6 address in its brackets');
  check('udp://[]:1', 'has no IPv6 address in its brackets');
  check('udp://a:65536', 'has no port between');
  check('udp://a:', 'has no port between');
  check('udp://a:x', 'has no port between');
  check('udp://300.1.1.1', 'has an IPv4 address that is none');
  check('udp://127.1', 'has an IPv4 address that is none');
  check('udp://a b', 'has neither an address nor a name');
  check('udp://user@host', 'has neither an address nor a name');
  check('udp://-a', 'has neither an address nor a name');
  check(`udp://${'a'.repeat(254)}`, 'has neither an address nor a name');
});
