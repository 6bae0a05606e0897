import { textOf } from "./http-of-span.ts";
import type { Attributes, Span } from "./span.ts";

const streamTypes = /^(text\/event-stream|multipart\/x-mixed-replace|application\/(x-ndjson|stream\+json|json-seq))\b/i;
/** Last parts of paths and calls that are only used for what stays open: libraries' own, and the words of the protocols. */
const streamNames =
  /(^|\/)(socket\.io|engine\.io|sockjs|signalr|websockets?|wss?|sse|event-?stream|eventsource|long-?poll(ing)?|grpc\.health\.v1\.health\/watch|serverreflectioninfo)\/?$/i;

/**
 * Whether a request stays open by design, so that its length says nothing about how fast it was answered: WebSockets, server-sent
 * events and other streams, calls of several messages, GraphQL subscriptions, long polls. By what the semantic conventions have for it
 * (status, protocol, headers where they are recorded, `rpc` messages), else by names that nothing else bears.
 */
export function isHeldOpen(span: Span): boolean {
  const { attributes } = span;
  const status = attributes["http.response.status_code"] ?? attributes["http.status_code"];
  if (Number(status) === 101) return true;
  if (/^wss?$/i.test(textOf(attributes, "url.scheme") ?? textOf(attributes, "http.scheme") ?? "")) return true;
  if (/^websocket$/i.test(textOf(attributes, "network.protocol.name") ?? "")) return true;
  if (textOf(attributes, "graphql.operation.type") === "subscription") return true;
  return isAskedFor(attributes) || isCallOfMany(span) || isNamedSo(attributes);
}

/** The headers that tell it, which SDKs record where they are told to; RFC 7240's `wait` asks for a long poll. */
function isAskedFor(attributes: Attributes): boolean {
  const header = (name: string) => headerOf(attributes, name);
  return (
    header("request.header.upgrade").some((value) => /websocket/i.test(value)) ||
    header("response.header.content-type").some((value) => streamTypes.test(value.trim())) ||
    header("request.header.accept").some((value) => streamTypes.test(value.trim())) ||
    header("request.header.prefer").some((value) => /(^|[\s,;])wait\s*=/i.test(value))
  );
}

/** A header as the conventions have it: a list of texts; older SDKs write `_` for `-`, or one text. */
function headerOf(attributes: Attributes, name: string): readonly string[] {
  const value = attributes[`http.${name}`] ?? attributes[`http.${name.replaceAll("-", "_")}`];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}

/** A unary call has one message each way. */
function isCallOfMany({ attributes, events }: Span): boolean {
  if (!("rpc.system" in attributes || "rpc.system.name" in attributes)) return false;
  const count = { SENT: 0, RECEIVED: 0 };
  for (const event of events) {
    const type = event.attributes["rpc.message.type"] ?? event.attributes["message.type"];
    if (type === "SENT" || type === "RECEIVED") count[type] += 1;
  }
  return count.SENT > 1 || count.RECEIVED > 1;
}

function isNamedSo(attributes: Attributes): boolean {
  const path = textOf(attributes, "http.route") ?? textOf(attributes, "url.path") ?? textOf(attributes, "http.target");
  const service = textOf(attributes, "rpc.service");
  const call = textOf(attributes, "rpc.method");
  // The conventions have the whole name in `rpc.method` since 1.38.
  const full = call === null || service === null || call.includes("/") ? call : `${service}/${call}`;
  const names = [path?.split("?", 1)[0], full];
  return names.some((name) => name != null && streamNames.test(name.slice(0, 2_048)));
}
