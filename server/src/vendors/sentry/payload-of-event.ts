import { createHash } from "node:crypto";
import { type Fields, fields, list, text } from "./fields.ts";

const breadcrumbsKept = 20;

/** What of an event is kept beside the signal, for people and for the diagnosis; the user only as a hash. */
export function payloadOfEvent(event: Fields): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  const put = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) kept[name] = value;
  };
  put("platform", text(event.platform));
  put("server_name", text(event.server_name));
  put("transaction", text(event.transaction));
  put("logger", text(event.logger));
  put("fingerprint", event.fingerprint);
  put("tags", tagsOf(event.tags));
  put("breadcrumbs", breadcrumbsOf(event.breadcrumbs));
  put("contexts", contextsOf(event.contexts));
  put("extra", event.extra);
  put("mechanism", mechanismOf(event.exception));
  put("logentry", event.logentry);
  put("sdk", sdkOf(event.sdk));
  put("http_request", httpRequestOf(event.request));
  put("user_hash", userHash(event.user));
  return kept;
}

/** The incoming request as it was sent, so that it can be sent again: no cookies, no headers but the kind of body. */
function httpRequestOf(request: unknown): unknown {
  const { method, url, query_string, data, headers } = fields(request);
  if (text(url) === null) return null;
  const type = Object.entries(fields(headers)).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return { method, url, query_string, data, ...(type === undefined ? {} : { headers: { "content-type": type } }) };
}

/** Tags come as an object or as pairs. */
function tagsOf(tags: unknown): unknown {
  if (!Array.isArray(tags)) return isEmpty(tags) ? null : tags;
  const pairs = tags.slice(0, 200).flatMap((pair): [string, unknown][] => {
    const key = Array.isArray(pair) ? text(pair[0]) : text(fields(pair).key);
    return key === null ? [] : [[key, Array.isArray(pair) ? pair[1] : fields(pair).value]];
  });
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

function breadcrumbsOf(breadcrumbs: unknown): unknown {
  const crumbs = list(breadcrumbs);
  return crumbs.length === 0 ? null : crumbs.slice(-breadcrumbsKept);
}

function contextsOf(contexts: unknown): unknown {
  if (isEmpty(contexts)) return null;
  const { trace: _trace, ...others } = fields(contexts);
  return isEmpty(others) ? null : others;
}

/** How the caught exception came to the SDK: `handled: false` means nobody expected it. */
function mechanismOf(exception: unknown): unknown {
  const { type, handled } = fields(fields(list(exception).at(-1)).mechanism);
  return type === undefined && handled === undefined ? null : { type, handled };
}

function sdkOf(sdk: unknown): unknown {
  const { name, version } = fields(sdk);
  return name === undefined ? null : { name, version };
}

/** Tells users apart without naming them: 16 hex digits of the hash of the id, else of the e-mail, name or address. */
function userHash(user: unknown): string | null {
  const { id, email, username, ip_address: address } = fields(user);
  const known = text(id) ?? text(email) ?? text(username) ?? text(address);
  return known === null ? null : createHash("sha256").update(known).digest("hex").slice(0, 16);
}

function isEmpty(value: unknown): boolean {
  return Object.keys(fields(value)).length === 0;
}
