import type { ByteString } from '../line-protocol/byte-string.ts';
import type { KeyKind } from './kinds.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
const CONTAINER_ID = /[0-9a-f]{64}|(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])/gi;
// cgroup names write a pod's uid with underscores: kubepods-burstable-pod1c2b…_….slice
const POD_UID = /[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/i;

/** Whether a text is a whole uuid. collectd cuts host names at 62 characters: half of one is none. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether a text is a MAC address. */
export function isMac(text: string): boolean {
  return MAC.test(text);
}

/**
 * The form in which a name of this kind is looked up: uuids and MAC addresses in lower case; of a container's or pod's cgroup
 * path or URL (`docker://…`) only the id. Undefined when there is no such name in the text.
 */
export function normalName(kind: KeyKind, text: ByteString): ByteString | undefined {
  if (text === '') return undefined;
  switch (kind) {
    case 'vm':
    case 'port':
      return isUuid(text) ? lowerCase(text) : text;
    case 'mac':
      return isMac(text) ? (lowerCase(text).replaceAll('-', ':') as ByteString) : undefined;
    case 'container':
      return idIn(text, text.match(CONTAINER_ID)?.at(-1));
    case 'pod':
      return idIn(text, POD_UID.exec(text)?.[0].replaceAll('_', '-'));
    default:
      return text;
  }
}

function idIn(text: ByteString, id: string | undefined): ByteString | undefined {
  if (id !== undefined) return lowerCase(id);
  return text.includes('/') ? undefined : text;
}

function lowerCase(text: string): ByteString {
  return text.toLowerCase() as ByteString;
}
