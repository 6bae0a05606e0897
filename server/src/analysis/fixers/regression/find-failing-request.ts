/** The HTTP request that failed, as production recorded it. */
export interface FailingRequest {
  readonly method: string;
  /** Path and query, `/carts/17?coupon=TEN`. */
  readonly target: string;
  /** The body as text, or null. */
  readonly body: string | null;
  readonly contentType: string | null;
}

const urlKeys = ["url", "http.url", "url.full", "http.target", "http.request.url"];
const methodKeys = ["method", "http.method", "http.request.method", "http.request_method"];
const bodyKeys = ["data", "body", "http.request.body", "http.request.body.data"];
const depthMax = 6;
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Finds the request in a stored payload, whatever door it came by: Sentry's `request`, the attributes of a span, or
 * what a sender of `/api/ingest` put beside the error. Null where there is none, where only a route pattern is known
 * (`/carts/:id`). Where something was scrubbed from it, what is left is another request; whether that one fails as well
 * is seen when it is sent.
 */
export function findFailingRequest(payload: unknown): FailingRequest | null {
  const candidates: Candidate[] = [];
  visit(payload, 0, candidates);
  // A stored payload's fields come in no order of the sender's, so the fullest account is chosen, not the first.
  const fullness = ({ request, isRoute }: Candidate) =>
    (isRoute ? 0 : 4) + (request.body === null ? 0 : 2) + (request.target.includes("?") ? 1 : 0);
  candidates.sort((a, b) => fullness(b) - fullness(a));
  return candidates[0]?.request ?? null;
}

interface Candidate {
  readonly request: FailingRequest;
  /** Only the route is known: the query is missing, and what stands in it may be a pattern of no known kind. */
  readonly isRoute: boolean;
}

function visit(value: unknown, depth: number, found: Candidate[]): void {
  if (depth > depthMax || typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) {
    const request = requestOf(value as Record<string, unknown>);
    if (request !== null) found.push(request);
  }
  for (const [name, child] of Object.entries(value)) {
    // Breadcrumbs tell of outgoing requests.
    if (name !== "breadcrumbs") visit(child, depth + 1, found);
  }
}

function requestOf(record: Readonly<Record<string, unknown>>): Candidate | null {
  const method = firstText(record, methodKeys)?.toUpperCase() ?? null;
  if (method === null || !methods.has(method)) return null;
  const path = firstText(record, ["url.path", "path"]);
  const query = firstText(record, ["url.query", "query_string", "query"]);
  const sent = firstText(record, urlKeys) ?? path;
  const url = sent ?? firstText(record, ["route"]);
  if (url === null) return null;
  const target = targetOf(url, query);
  if (target === null) return null;
  const body = bodyOf(record);
  const contentType = body === null ? null : contentTypeOf(record, body);
  return { request: { method, target, body, contentType }, isRoute: sent === null };
}

function targetOf(url: string, query: string | null): string | null {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(\/[^?#]*)?(\?[^#]*)?/i.exec(url);
  const path = match?.[1] ?? "/";
  if (match?.[0] === "" || /\/:|[{}*[\]]|\/<\w+>/.test(path)) return null;
  const search = match?.[2] ?? (query === null || query === "" ? "" : `?${query.replace(/^\?/, "")}`);
  const target = path + search;
  return target.length > 4096 || /[\s\p{Cc}]/u.test(target) ? null : target;
}

function bodyOf(record: Readonly<Record<string, unknown>>): string | null {
  for (const key of bodyKeys) {
    const value = record[key];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "object" && value !== null) return JSON.stringify(value);
  }
  return null;
}

function contentTypeOf(record: Readonly<Record<string, unknown>>, body: string): string {
  const headers = record.headers;
  if (typeof headers === "object" && headers !== null) {
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() === "content-type" && typeof value === "string") return value;
    }
  }
  return /^\s*[[{]/.test(body) ? "application/json" : "text/plain";
}

function firstText(record: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = record[key];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

/**
 * Whether a change brought the path of a request: it wrote a word of the path, as routes are written (in quotes or between
 * slashes), into a file where that word was not before. `before` holds the changed files as they were.
 */
export function isPathOfChange(target: string, added: readonly string[], before: readonly string[]): boolean {
  const words = (target.split("?")[0] ?? "").split("/").filter((word) => /^[a-z][a-z_-]*$/i.test(word));
  const holds = (texts: readonly string[], pattern: string): boolean =>
    texts.some((text) => new RegExp(pattern).test(text));
  return words.some(
    (word) =>
      holds(added, `["'\`/]${word}(?:\\\\?/[^"'\`]*)?["'\`$/\\\\(]`) && !holds(before, `(?<![\\w-])${word}(?![\\w-])`),
  );
}
