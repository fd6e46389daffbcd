import { networkInterfaces } from 'node:os';

/**
 * What a socket wants to hear of an interface that is given by its name: an IPv4 address of it, or the name as the scope of IPv6.
 *
 * @throws {Error} in words for an operator, when there is none of this name or it lacks such an address
 */
export function interfaceAddress(name: string, family: 4 | 6): string {
  const interfaces = networkInterfaces();
  const addresses = interfaces[name];
  if (addresses === undefined) {
    const known = Object.keys(interfaces).map((one) => JSON.stringify(one));
    throw new Error(
      `Interface ${JSON.stringify(name)} does not exist or has no address; there are ${known.join(', ')}`,
    );
  }
  if (family === 6) return `::%${name}`;
  const address = addresses.find((one) => one.family === 'IPv4')?.address;
  if (address === undefined) throw new Error(`Interface ${JSON.stringify(name)} has no IPv4 address`);
  return address;
}
