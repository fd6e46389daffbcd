/** Datagrams from and to the network, over `node:dgram`. */
export type { ReceivedDatagrams } from './datagram-backlog.ts';
export {
  DEFAULT_GROUPS,
  DEFAULT_PORT,
  endpointText,
  type ParsedEndpoint,
  parseUdpEndpoint,
  type UdpEndpoint,
} from './udp-endpoint.ts';
export { UdpReceiver, type UdpReceiverOptions } from './udp-receiver.ts';
export type { ResolvedAddress, SendTrouble } from './udp-route.ts';
export { UdpSender, type UdpSenderOptions } from './udp-sender.ts';
