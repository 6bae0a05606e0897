export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; JSON is the caller's to encode. */
  readonly body?: string;
  /** In ms, for the whole exchange; 10,000 unless told. */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read; more is `HttpUncertain`. 1 MiB unless told. */
  readonly bytesMax?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls the world outside: guarded against SSRF, with the checked address pinned, bounded in time and size, no redirects. */
export interface HttpClient {
  /**
   * One exchange, whatever the status of the answer.
   * @throws HttpNotSent when it surely never reached the other side: a bad or forbidden address, no connection.
   * @throws HttpUncertain when it may have: a timeout, a broken connection, an answer that can't be read.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * The addresses of a host, looked up once and each of them checked, for what does not speak HTTP (SMTP); whoever connects
   * must connect to one of them. Fakes of HTTP may lack it.
   * @throws HttpNotSent when there is none or one is forbidden.
   */
  addressesOf?(host: string): Promise<readonly string[]>;
}

export class HttpNotSent extends Error {
  /** True where the address itself is forbidden or wrong, so that another try can't help. */
  readonly isForbidden: boolean;
  constructor(message: string, options: { isForbidden?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "HttpNotSent";
    this.isForbidden = options.isForbidden ?? false;
  }
}

export class HttpUncertain extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "HttpUncertain";
  }
}
