/**
 * What collectd speaks: identifiers, value lists and notifications; types.db; PUTVAL and PUTNOTIF; the binary network protocol, signed and encrypted.
 * Exact: integers of 64 bits, times of 2^-30 s, bytes as they are. Without dependencies; I/O is in `UdpReceiver`, `UdpSender` and `AuthFile` only.
 *
 * ```ts
 * import { decodeDatagram, formatIdentifier } from 'crosslayer/collectd-protocol';
 *
 * for (const list of decodeDatagram(datagram).valueLists) console.log(formatIdentifier(list), list.values);
 * ```
 *
 * For streams and for speed there is `DatagramReader`, which makes no object for a value.
 */
export { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
// files and sockets
export { AuthFile, type AuthFileOptions } from './auth-file.ts';
// words
export { cdtimeOfNs, nsOfCdtime } from './cdtime.ts';
// datagrams, reading
export {
  DatagramReader,
  type DatagramSink,
  type ReaderOptions,
  SECURITY_LEVELS,
  type SecurityLevel,
} from './datagram-reader.ts';
// datagrams, writing
export { DatagramWriter, type DatagramWriterOptions } from './datagram-writer.ts';
export {
  type DecodedDatagram,
  type DecodeProblem,
  decodeDatagram,
  readNotification,
  readValueList,
} from './decode.ts';
// text: exec, unixsock, NotificationExec
export { formatPutnotif, type PutnotifLine } from './format-putnotif.ts';
export { type Identifier, MAX_NAME_BYTES } from './identifier.ts';
export { cleanIdentifier, formatIdentifier, identifierProblem, parseIdentifier } from './identifier-text.ts';
export { NetworkSender, type NetworkSenderOptions } from './network-sender.ts';
export { MAX_MESSAGE_BYTES, type MetaData, type Notification, SEVERITIES, type Severity } from './notification.ts';
export { type NotificationText, parseNotificationText } from './notification-text.ts';
export { type AuthFileContent, type AuthFileLimits, type AuthFileProblem, parseAuthFile } from './parse-auth-file.ts';
export { MAX_TEXT_LINE_BYTES, PutvalWriter, type PutvalWriterOptions } from './putval-writer.ts';
export { readPutnotif } from './read-putnotif.ts';
export { MAX_EXEC_LINE_BYTES, type Putval, type PutvalContext, readPutval } from './read-putval.ts';
export { REFUSALS, type Refusal } from './refusals.ts';
export { type ReplayRefusal, ReplayWindow, type ReplayWindowOptions } from './replay-window.ts';
export type { Security } from './seal.ts';
export type { Credentials } from './security.ts';
export { isTextProblem, TEXT_PROBLEM_REASONS, type TextProblem, type TextProblemReason } from './text-problem.ts';
// types.db
export {
  type DataSet,
  type DataSource,
  parseTypesDb,
  type ReadTypesDb,
  TypesDb,
  type TypesDbFile,
  type TypesDbProblem,
} from './types-db.ts';
export * from './udp.ts';
export { type UnixsockAnswer, UnixsockAnswers } from './unixsock-answers.ts';
export { DATA_SOURCE_KINDS, type DataSourceKind, type Value, type ValueList } from './value-list.ts';
export { WRITE_PROBLEM_REASONS, type WriteProblem, type WriteProblemReason } from './write-problem.ts';
