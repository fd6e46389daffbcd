import { lookup } from 'node:dns/promises';
import { isOfWay, isPassing } from './send-errors.ts';
import { UdpConnection, type UdpConnectionOptions, type UdpTarget } from './udp-connection.ts';
import { endpointText, type UdpEndpoint } from './udp-endpoint.ts';

/** What goes wrong: the name is not known, nobody listens there, the system does not take or deliver datagrams, the oldest of a full queue are dropped. */
export type SendTrouble = 'unresolved' | 'refused' | 'failed' | 'full';

/** An address of a name. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Where datagrams go, how often that is looked up, and who is told of trouble. */
export interface UdpRouteOptions extends UdpConnectionOptions {
  readonly endpoint: UdpEndpoint;
  /** How often a name is looked up again; 0: only after errors. Default 60,000. */
  readonly resolveEveryMs?: number;
  /** After an error, before names are looked up and sockets made again; and the longest time between two tries to send. Default 5,000. */
  readonly retryMs?: number;
  /** All addresses of a name; default: those that the system gives. */
  readonly resolve?: (name: string) => Promise<readonly ResolvedAddress[]>;
  /** Told of every error and every time that datagrams are dropped, so it should count and sum up; for an operator. */
  readonly onTrouble: (trouble: SendTrouble, message: string) => void;
}

const DEFAULT_RESOLVE_MS = 60_000;
/** See `retryMs`. */
export const DEFAULT_RETRY_MS = 5000;

/** The way to an endpoint: looks names up, connects, and does both again when errors say that the way has changed. */
export class UdpRoute {
  readonly #options: UdpRouteOptions;
  readonly #onConnected: () => void;
  #connection: UdpConnection | undefined;
  /** Addresses that were tried since the last pause. */
  readonly #tried = new Set<string>();
  #hasOthers = false;
  /** Where the connection is no good any more, though its address may be. */
  #isSuspect = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #errors = 0;

  constructor(options: UdpRouteOptions, onConnected: () => void) {
    this.#options = options;
    this.#onConnected = onConnected;
    void this.#look();
  }

  /** Undefined as long as there is no way. */
  get connection(): UdpConnection | undefined {
    return this.#connection;
  }

  get errors(): number {
    return this.#errors;
  }

  /** Says what came of sending by this connection. */
  report(error: NodeJS.ErrnoException, connection: UdpConnection): void {
    if (this.#isClosed) return;
    this.#tell(error, connection.target);
    // where one address is all there is, another socket to it finds nobody either
    const isWay = isOfWay(error) && (error.code !== 'ECONNREFUSED' || this.#isNamed);
    if (!isWay || this.#isSuspect || connection !== this.#connection) return;
    this.#isSuspect = true;
    this.#lookSoon();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = undefined;
  }

  get #isNamed(): boolean {
    return this.#options.endpoint.family === undefined;
  }

  async #look(): Promise<void> {
    const isFound = await this.#find();
    if (this.#isClosed) return;
    const { resolveEveryMs = DEFAULT_RESOLVE_MS } = this.#options;
    if (!isFound) this.#lookSoon();
    else if (this.#isNamed && resolveEveryMs > 0) this.#lookAfter(resolveEveryMs);
    if (isFound) this.#onConnected();
  }

  /** At once as long as there are addresses that were not tried, else after a pause. */
  #lookSoon(): void {
    this.#lookAfter(this.#hasOthers ? 0 : (this.#options.retryMs ?? DEFAULT_RETRY_MS));
  }

  #lookAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (ms > 0) this.#tried.clear();
      void this.#look();
    }, ms).unref();
  }

  /** Connects to an address of the endpoint; the present connection stays as long as its address is one of them. */
  async #find(): Promise<boolean> {
    const targets = await this.#targets();
    if (targets === undefined || this.#isClosed) return false;
    const current = this.#connection?.target.address;
    if (!this.#isSuspect && targets.some(({ address }) => address === current)) return true;
    const [target = targets[0], ...others] = targets.filter(({ address }) => !this.#tried.has(address));
    if (target === undefined) return false;
    this.#tried.add(target.address);
    this.#hasOthers = others.length > 0;
    try {
      const connection = await UdpConnection.open(target, this.#options, (error) => this.report(error, connection));
      if (this.#isClosed) connection.close();
      if (this.#isClosed) return false;
      this.#connection?.close();
      this.#connection = connection;
      this.#isSuspect = false;
      return true;
    } catch (error) {
      this.#tell(error as NodeJS.ErrnoException, target);
      return false;
    }
  }

  async #targets(): Promise<UdpTarget[] | undefined> {
    const { endpoint, resolve = allAddresses, onTrouble } = this.#options;
    const { host, port, family, isMulticast } = endpoint;
    if (family !== undefined) return [{ address: host, family, port, isMulticast }];
    try {
      const found = await resolve(host);
      return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4, port, isMulticast: false }));
    } catch (error) {
      this.#errors++;
      const { code = '', message } = error as NodeJS.ErrnoException;
      onTrouble('unresolved', `Address of ${JSON.stringify(host)} is not known: ${code || message}`);
      return undefined;
    }
  }

  #tell(error: NodeJS.ErrnoException, { address }: UdpTarget): void {
    this.#errors++;
    const { code = '', message } = error;
    const where = `${endpointText(this.#options.endpoint)}${this.#isNamed ? ` (${address})` : ''}`;
    if (code === 'ECONNREFUSED') this.#options.onTrouble('refused', `Nobody listens at ${where} (${code})`);
    else {
      const what = isPassing(error) ? 'failed, trying again' : 'failed';
      this.#options.onTrouble('failed', `Sending to ${where} ${what}: ${code || message}`);
    }
  }
}

function allAddresses(name: string): Promise<ResolvedAddress[]> {
  return lookup(name, { all: true });
}
