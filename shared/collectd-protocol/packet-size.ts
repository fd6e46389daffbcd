/** MaxPacketSize of collectd: what it is when nothing is said, and what may be said (src/network.c, network_config_set_buffer_size). */
export const DEFAULT_PACKET_BYTES = 1452;
/** Smallest and largest size that collectd lets be configured. */
const MIN_PACKET_BYTES = 1024;
const MAX_PACKET_BYTES = 65_535;

/** What collectd keeps free in every datagram for a signature or encryption (src/network.c, BUFF_SIG_SIZE). */
const SECURITY_BYTES = 106;
/** What 65,535 bytes of IPv4 leave for UDP's payload; a longer datagram is refused by the system (EMSGSIZE). */
const MAX_UDP_BYTES = 65_507;

/**
 * Most bytes of parts in a datagram, as collectd's sender has it; except at the upper end, where what collectd packs is too long for IPv4.
 *
 * @throws {RangeError} for a size that collectd does not allow
 */
export function maxPayloadBytes(packetBytes: number): number {
  if (!Number.isInteger(packetBytes) || packetBytes < MIN_PACKET_BYTES || packetBytes > MAX_PACKET_BYTES)
    throw new RangeError(`Packet size ${packetBytes} is not between ${MIN_PACKET_BYTES} and ${MAX_PACKET_BYTES}`);
  return Math.min(packetBytes, MAX_UDP_BYTES) - SECURITY_BYTES;
}
