import { VendorRefused } from "../../domains/integration/index.ts";
import {
  type HttpClient,
  HttpNotSent,
  type HttpRequest,
  HttpUncertain,
} from "../../platform/http-client/http-client.ts";

export interface VendorCall {
  /** What people call the other side, for the words of an error. */
  readonly vendor: string;
  readonly method: HttpRequest["method"];
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Encoded as JSON. */
  readonly body?: unknown;
  /** Taken out of every word of an error: tokens, and addresses that are as good as one. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  /** Where the vendor says in the body how long to wait: the seconds, or null. */
  readonly retryAfterOf?: (body: unknown) => number | null;
  readonly timeoutMs?: number;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON; null where it is empty or none. */
  readonly json: unknown;
  readonly text: string;
}

const excerptChars = 300;
/**
 * Calls a vendor and gives its answer where it is 2xx.
 * @throws VendorRefused where the vendor said no: 4xx, or 503 (it took nothing on). Nothing was made.
 * @throws HttpUncertain where it may have been made: no answer, or another 5xx, which a vendor gives as well when it failed
 * after it had begun, and a gateway when the request went through.
 * @throws HttpNotSent where it never went out. No error holds one of `secrets`.
 */
export async function callVendor(http: HttpClient, call: VendorCall): Promise<VendorAnswer> {
  const { vendor, method, url, headers = {}, body, secrets, signal, timeoutMs } = call;
  const request: HttpRequest = {
    method,
    url,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    signal,
  };
  const {
    status,
    headers: answered,
    body: text,
  } = await http.request(request).catch((error: unknown) => {
    throw withoutSecretsInError(error, secrets);
  });
  const json = jsonOrNull(text);
  if (status >= 200 && status < 300) return { status, headers: answered, json, text };
  const words = `${vendor} answered ${status}: ${excerpt(text, secrets)}`;
  if (status === 408 || (status >= 500 && status !== 503)) throw new HttpUncertain(words);
  throw new VendorRefused(words, {
    status,
    retryAfterS: call.retryAfterOf?.(json) ?? retryAfter(answered),
  });
}

/** A text without the secrets, each struck out. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, "***").replaceAll(encodeURIComponent(secret), "***"), text);
}

/** What is secret of an address that lets in whoever knows it: the whole, and each long part of its path and query. */
export function secretsOfUrl(url: string): readonly string[] {
  const { pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= 12);
  return [url, ...(pathname.length > 8 ? [`${pathname}${search}`] : []), ...parts];
}

function withoutSecretsInError(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutSecrets(error.message, secrets);
  if (message === error.message) return error;
  if (error instanceof HttpNotSent) return new HttpNotSent(message, { isForbidden: error.isForbidden });
  return new HttpUncertain(message);
}

function excerpt(text: string, secrets: readonly string[]): string {
  const line = withoutSecrets(text, secrets).replaceAll(/\s+/g, " ").trim();
  return line === "" ? "nothing more" : line.length > excerptChars ? `${line.slice(0, excerptChars)}…` : line;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Seconds of `Retry-After` (RFC 9110: seconds or a date), rounded up; null where there is none. */
function retryAfter(headers: Readonly<Record<string, string>>): number | null {
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
