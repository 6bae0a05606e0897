import type { ErrorSignal } from "@culprit/contract";
import { type Fields, fields, positive, text } from "./fields.ts";

/**
 * The request during which the event happened: the method, the route where the SDK knows it (`GET /cart/:id` as the
 * transaction), else the path without query, and the status of the answer where it was sent.
 */
export function requestOfEvent(event: Fields): ErrorSignal["request"] {
  const request = fields(event.request);
  const response = fields(fields(event.contexts).response);
  const url = text(request.url);
  const named = /^([A-Z]{3,10}) (\/\S{0,2000})$/.exec(text(event.transaction) ?? "");
  const method = text(request.method) ?? named?.[1] ?? null;
  const route = named?.[2] ?? (url === null ? null : pathOf(url));
  const status = positive(response.status_code);
  return method === null && route === null && status === null ? null : { method, route, status };
}

function pathOf(url: string): string {
  const bare = url.slice(0, 2_048).replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]{0,512}/i, "");
  const end = bare.search(/[?#]/);
  const path = end === -1 ? bare : bare.slice(0, end);
  return path === "" ? "/" : path;
}
