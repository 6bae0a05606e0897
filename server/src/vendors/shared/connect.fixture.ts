import type { Connection, IncomingRequest, Provider } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import type { FakeVendor } from "../start-fake-vendor.ts";

const http = openHttpClient({ allowPrivate: "127.0.0.1" });

/** A signal that never fires. */
export const noSignal = new AbortController().signal;
/** The moment that tests take for now. */
export const testNow = new Date("2026-01-01T12:00:00Z");

/** A connection of a provider whose calls all reach a fake; settings and secrets as a person enters them. */
export function connectTo<Config, Credentials>(
  provider: Provider<Config, Credentials>,
  fake: FakeVendor,
  entered: { readonly config: unknown; readonly credentials: unknown },
): Connection<Config, Credentials> {
  return {
    integrationId: "00000000-0000-4000-8000-000000000001",
    projectId: "00000000-0000-4000-8000-000000000002",
    config: provider.config.parse(entered.config),
    credentials: provider.credentials.parse(entered.credentials),
    http: {
      request: (request) => {
        const { pathname, search } = new URL(request.url);
        return http.request({ ...request, url: `${fake.url}${pathname}${search}` });
      },
    },
    now: () => testNow,
  };
}

/** A request as the inbox hands it to a provider. */
export function someRequest(
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): IncomingRequest {
  return { headers, query, body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) };
}

/** Throws where a text is longer than a vendor takes. */
export function atMost(max: number, text: unknown, what: string): void {
  if (typeof text === "string" && text.length > max)
    throw new Error(`${what} has ${text.length} characters, ${max} are taken`);
}

/** Throws where the JSON of a body has more bytes than a vendor takes. */
export function atMostBytes(max: number, body: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (bytes > max) throw new Error(`${bytes} bytes, ${max} are taken`);
}
