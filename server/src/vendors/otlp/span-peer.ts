import type { SpanPeer } from "@culprit/contract";
import { textOf } from "./http-of-span.ts";
import { type Attributes, type Span, spanKind } from "./span.ts";

const caches = /redis|memcache|valkey|hazelcast|keydb|dragonfly|ehcache/i;

/**
 * What a CLIENT, PRODUCER or CONSUMER span talked to, by OpenTelemetry's conventions for databases, messaging, RPC and HTTP, old and stable;
 * null for other spans and where nothing says so. A host without a public name counts as a service, any other as external.
 */
export function peerOfSpan({ kind, attributes }: Span): SpanPeer | null {
  if (kind !== spanKind.client && kind !== spanKind.producer && kind !== spanKind.consumer) return null;
  const messaging = textOf(attributes, "messaging.system");
  if (messaging !== null || kind !== spanKind.client) {
    const destination = textOf(attributes, "messaging.destination.name") ?? textOf(attributes, "messaging.destination");
    const name = destination ?? messaging;
    return name === null ? null : { kind: "queue", name: cut(name), engine: messaging };
  }
  const database = textOf(attributes, "db.system.name") ?? textOf(attributes, "db.system");
  const host = hostOf(attributes);
  if (database !== null) {
    const namespace = textOf(attributes, "db.namespace") ?? textOf(attributes, "db.name");
    const where = textOf(attributes, "peer.service") ?? host;
    const name = [where, namespace].filter((part) => part !== null).join("/") || database;
    return { kind: caches.test(database) ? "cache" : "database", name: cut(name), engine: database };
  }
  const service = textOf(attributes, "peer.service");
  if (service !== null) return { kind: "service", name: cut(service), engine: null };
  if (host !== null) return { kind: isInternal(host) ? "service" : "external", name: cut(host), engine: null };
  const rpc = textOf(attributes, "rpc.service");
  return rpc === null ? null : { kind: "service", name: cut(rpc), engine: textOf(attributes, "rpc.system") };
}

/** The host that was called; with its port where the host alone says nothing, as in development. */
function hostOf(attributes: Attributes): string | null {
  const url = textOf(attributes, "url.full") ?? textOf(attributes, "http.url");
  const inUrl =
    url === null ? null : (/^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^@/?#]{0,200}@)?([^/?#]{1,300})/i.exec(url)?.[1] ?? null);
  const told =
    textOf(attributes, "server.address") ??
    textOf(attributes, "net.peer.name") ??
    textOf(attributes, "http.host") ??
    inUrl ??
    textOf(attributes, "network.peer.address") ??
    textOf(attributes, "net.peer.ip");
  if (told === null) return null;
  const [host = told, portInName] = told.startsWith("[") ? [told] : told.split(":", 2);
  const port = portInName ?? numberOf(attributes["server.port"] ?? attributes["net.peer.port"]);
  return isAddress(host) && port !== undefined ? `${host}:${port}` : host;
}

function numberOf(value: unknown): string | undefined {
  return typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : undefined;
}

const isAddress = (host: string) => host === "localhost" || host.startsWith("[") || /^[\d.]+$/.test(host);

/** An address is no name of a service: it would be another one after each restart. */
function isInternal(host: string): boolean {
  if (isAddress(host.split(":", 1)[0] ?? "")) return false;
  return !host.includes(".") || /\.(?:svc|local|internal|lan|cluster|consul|home\.arpa)(?:\.|$)/.test(host);
}

function cut(name: string): string {
  return name.slice(0, 255);
}
