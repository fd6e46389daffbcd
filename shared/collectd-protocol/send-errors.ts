/**
 * Errors that pass and for which the datagram is not to blame: there is no route or no interface just now, a firewall forbids it (EPERM), memory or a buffer
 * is full, or the socket was closed for another one.
 */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENONET',
  'ENODEV',
  'EADDRNOTAVAIL',
  'EPERM',
  'ENOBUFS',
  'ENOMEM',
  'EAGAIN',
  'ECANCELED',
]);

/** Those that say nothing about the way to the peer. */
const OF_THIS_HOST: ReadonlySet<string | undefined> = new Set(['EMSGSIZE', 'ENOBUFS', 'ENOMEM', 'EAGAIN', 'ECANCELED']);

/** Whether the same datagram may be taken later. */
export function isPassing({ code }: NodeJS.ErrnoException): boolean {
  return PASSING.has(code);
}

/** Whether another address or socket may help. */
export function isOfWay({ code }: NodeJS.ErrnoException): boolean {
  return !OF_THIS_HOST.has(code);
}
