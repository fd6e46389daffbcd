/** A datagram of a recording, or why a line of it is none. */
export type Recorded =
  | { readonly line: number; readonly datagram: Buffer }
  | { readonly line: number; readonly mistake: string };

/** The largest datagram in base64, with room for names and numbers around it. */
const MAX_LINE_BYTES = 256 * 1024;
const LF = 0x0a;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads a recording of datagrams, one a line: a JSON object with the bytes in `b64`, or plain base64. Blank lines and those that begin with # say
 * nothing. Gives those of one chunk together.
 */
export async function* recordedDatagrams(chunks: AsyncIterable<Buffer>): AsyncGenerator<Recorded[]> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  for await (const chunk of chunks) {
    const found: Recorded[] = [];
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF)) {
      number++;
      const recorded =
        isTooLong || end > MAX_LINE_BYTES ? tooLong(number) : recordedOf(bytes.toString('latin1', 0, end), number);
      isTooLong = false;
      bytes = bytes.subarray(end + 1);
      if (recorded) found.push(recorded);
    }
    yield found;
    isTooLong ||= bytes.length > MAX_LINE_BYTES;
    rest = isTooLong ? Buffer.alloc(0) : bytes;
  }
  const last = isTooLong ? tooLong(number + 1) : recordedOf(rest.toString('latin1'), number + 1);
  if (last) yield [last];
}

function tooLong(line: number): Recorded {
  return { line, mistake: `Line has more than ${MAX_LINE_BYTES} bytes` };
}

function recordedOf(text: string, line: number): Recorded | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const base64 = trimmed.startsWith('{') ? base64Of(trimmed) : trimmed;
  if (base64 === undefined) return { line, mistake: 'Line is no JSON object with the datagram in "b64"' };
  if (!BASE64.test(base64)) return { line, mistake: 'Datagram is not in base64' };
  return { line, datagram: Buffer.from(base64, 'base64') };
}

function base64Of(json: string): string | undefined {
  try {
    const { b64 } = JSON.parse(json) as { b64?: unknown };
    return typeof b64 === 'string' ? b64 : undefined;
  } catch {
    return undefined;
  }
}
