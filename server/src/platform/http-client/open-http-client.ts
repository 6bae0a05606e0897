import type { Client, Dispatcher } from "undici";
import { addressRule } from "./address-rule.ts";
import { checkedAddresses, codeOf, type Lookup, lookupAll, pinnedConnector } from "./guarded-connector.ts";
import { type HttpAnswer, type HttpClient, HttpNotSent, type HttpRequest, HttpUncertain } from "./http-client.ts";

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 1024 * 1024;

/**
 * The client behind the port. `allowPrivate` is the setting `httpAllowPrivate`; `lookup` the system's unless told.
 *
 * Each request has its own connection: on a kept one that the other side closes meanwhile nobody can say whether the
 * request was taken, and every such request to a vendor would be one that is perhaps made.
 * @throws CulpritError CONFIG_INVALID when the setting can't be read.
 */
export function openHttpClient(options: { readonly allowPrivate: string; readonly lookup?: Lookup }): HttpClient {
  const rule = addressRule(options.allowPrivate);
  const lookup = options.lookup ?? lookupAll;

  return {
    addressesOf: (host) => checkedAddresses(host, rule, lookup),
    async request(request) {
      const url = parseUrl(request.url);
      const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
      const late = AbortSignal.timeout(timeoutMs);
      const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
      const addresses = await untilAborted(checkedAddresses(url.hostname, rule, lookup), signal, url.host, timeoutMs);
      const state = { isConnected: false };
      // Loaded with the first call: a start is shorter by it, and a server that calls nobody smaller.
      const { Client, buildConnector } = await import("undici");
      // Several addresses share the time, so that a dead first one does not use it up.
      const connect = buildConnector({ timeout: Math.ceil(timeoutMs / addresses.length), allowH2: false });
      const client = new Client(url.origin, {
        connect: pinnedConnector(connect, addresses, () => {
          state.isConnected = true;
        }),
        // The signal bounds the whole exchange.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 64 * 1024,
      });
      try {
        return await exchange(client, url, request, signal);
      } catch (cause) {
        throw classified(cause, { ...state, signal, host: url.host, timeoutMs });
      } finally {
        await client.destroy().catch(() => undefined);
      }
    },
  };
}

async function exchange(client: Client, url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { statusCode, headers, body } = await client.request({
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: { "user-agent": "Culprit", ...request.headers },
    body: request.body ?? null,
    signal,
  });
  return { status: statusCode, headers: flat(headers), body: await readBounded(body, request.bytesMax ?? BYTES_MAX) };
}

async function readBounded(body: AsyncIterable<Buffer>, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new HttpUncertain(`The answer has more than ${bytesMax} bytes; it was not read.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}

/** Messages name the host only: the path of a webhook is its secret. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new HttpNotSent("The address to call is no http or https URL.", { isForbidden: true });
  if (url.username !== "" || url.password !== "")
    throw new HttpNotSent(`The address at ${url.host} holds a user or a password; send them as a header.`, {
      isForbidden: true,
    });
  return url;
}

/** Before a connection there is nothing to stop, only to stop waiting for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal, host: string, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(classified(signal.reason, { isConnected: false, signal, host, timeoutMs }));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

interface Circumstances {
  readonly isConnected: boolean;
  readonly signal: AbortSignal;
  readonly host: string;
  readonly timeoutMs: number;
}

/** Says what an error leaves open: until there is a connection with TLS done nothing was written, after it all may have been. */
function classified(cause: unknown, { isConnected, signal, host, timeoutMs }: Circumstances): Error {
  if (cause instanceof HttpNotSent || cause instanceof HttpUncertain) return cause;
  const code = codeOf(cause);
  if (code === "UND_ERR_INVALID_ARG")
    return new HttpNotSent(`The request to ${host} can't be written: a header or the path has a forbidden character.`, {
      isForbidden: true,
    });
  const isLate = signal.aborted && (signal.reason as { name?: string } | undefined)?.name === "TimeoutError";
  const what = isLate ? `no answer within ${timeoutMs} ms` : signal.aborted ? "it was stopped" : code;
  return isConnected
    ? new HttpUncertain(`The call of ${host} was cut off (${what}); it may have been carried out.`, { cause })
    : new HttpNotSent(`${host} can't be reached (${what}).`, { cause });
}
