import type { Attributes, Span } from "./span.ts";

/** What a span says about its HTTP request, in the stable or the old semantic conventions. */
export interface SpanRequest {
  readonly method: string | null;
  readonly route: string | null;
  readonly status: number | null;
}

/** The request of a span; the route where the framework knows it, else the path without query. */
export function httpOfSpan(span: Span): SpanRequest {
  const { attributes } = span;
  const status = attributes["http.response.status_code"] ?? attributes["http.status_code"];
  const number = typeof status === "string" ? Number(status) : status;
  return {
    method: textOf(attributes, "http.request.method") ?? textOf(attributes, "http.method"),
    route: textOf(attributes, "http.route") ?? pathOfSpan(attributes),
    status: typeof number === "number" && Number.isInteger(number) && number >= 100 && number < 600 ? number : null,
  };
}

function pathOfSpan(attributes: Attributes): string | null {
  const target =
    textOf(attributes, "url.path") ??
    textOf(attributes, "http.target") ??
    textOf(attributes, "url.full") ??
    textOf(attributes, "http.url");
  if (target === null) return null;
  const bare = target.slice(0, 2_048).replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]{0,512}/i, "");
  const end = bare.search(/[?#]/);
  return (end === -1 ? bare : bare.slice(0, end)) || "/";
}

/** The text of an attribute, or null when it is absent, empty or no text. */
export function textOf(attributes: Attributes, name: string): string | null {
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : null;
}
