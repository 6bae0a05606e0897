import { randomFillSync } from "node:crypto";
import snappy from "snappyjs";
import { double, field, fixed64, integer, message } from "./protobuf.ts";

/** Series of the load: each request of points has one of each of `SERIES_PER_REQUEST` series, as Prometheus sends a scrape. */
export const SERIES = 10_000;
export const SERVICES = 100;
export const SERIES_PER_REQUEST = 2_000;
export const OTLP_POINTS_PER_REQUEST = 2_000;
export const STEP_MS = 15_000;
/** Each of them in ten, numbered from 0. */
export const METRICS = ["http_server_requests_total", "process_resident_memory_bytes", "queue_wait_seconds"] as const;

export const SPANS_PER_TRACE = 8;
const TRACES_PER_REQUEST = 32;
export const SPANS_PER_REQUEST = SPANS_PER_TRACE * TRACES_PER_REQUEST;
/** One trace of so many fails. */
const FAILING = 200;

interface Place {
  readonly at: number;
  readonly series: number;
}

/** A remote-write request whose values and times are filled in each time it is sent. */
export interface PointsTemplate {
  readonly bytes: Buffer;
  readonly values: readonly Place[];
  readonly times: readonly Place[];
}

/** Remote-write 1.0 for the series from `first` on: real names and labels of a middling service. */
export function pointsTemplate(first: number): PointsTemplate {
  const parts: Buffer[] = [];
  const values: Place[] = [];
  const times: Place[] = [];
  let length = 0;
  for (let series = first; series < first + SERIES_PER_REQUEST; series++) {
    const labels = Object.entries(labelsOf(series)).map(([name, value]) => message(1, field(1, name), field(2, value)));
    // Times of our days take six bytes of varint, so that the same bytes hold any of them.
    const sample = message(2, double(1, 0), integer(2, Date.now()));
    const one = message(1, ...labels, sample);
    const end = length + one.length;
    values.push({ at: end - 15, series });
    times.push({ at: end - 6, series });
    parts.push(one);
    length = end;
  }
  return { bytes: Buffer.concat(parts), values, times };
}

/** The request at `atMs`, the `round`th of its series, compressed as Prometheus does. */
export function fillPoints({ bytes, values, times }: PointsTemplate, atMs: number, round: number): Buffer {
  for (const { at, series } of values) bytes.writeDoubleLE(valueAt(series, round), at);
  for (const { at } of times) {
    let rest = atMs;
    for (let byte = 0; byte < 6; byte++) {
      bytes[at + byte] = (rest % 0x80) | (byte < 5 ? 0x80 : 0);
      rest = Math.floor(rest / 0x80);
    }
  }
  return Buffer.from(snappy.compress(bytes));
}

export function serviceOf(series: number): string {
  return `service-${Math.floor((series * SERVICES) / SERIES)}`;
}

function labelsOf(series: number): Record<string, string> {
  return {
    __name__: `${METRICS[series % 3]}_${series % 10}`,
    instance: `10.0.${series % 8}.17:9090`,
    job: serviceOf(series),
    pod: `${serviceOf(series)}-7d9f8b6c5d-${series % 8}`,
    route: `/api/v1/items/${series % 20}`,
    service: serviceOf(series),
  };
}

/** A counter, memory that moves in pages, and a noisy duration. */
function valueAt(series: number, round: number): number {
  if (series % 3 === 0) return round * (5 + (series % 40)) + (series % 7);
  if (series % 3 === 1) return 4096 * (20_000 + (series % 500) + Math.round(200 * Math.sin((round + series) / 20)));
  return Math.round(1e6 * (0.05 + 0.02 * Math.random())) / 1e6;
}

/** An OTLP request whose ids and times are filled in each time it is sent: traces of eight spans over four services that call each other. */
export interface SpansTemplate {
  readonly bytes: Buffer;
  /** Where trace ids and span ids stand, and which of them is there. */
  readonly traceIds: readonly { readonly at: number; readonly trace: number }[];
  readonly spanIds: readonly { readonly at: number; readonly span: number }[];
  readonly times: readonly { readonly at: number; readonly nanos: bigint }[];
}

export function spansTemplate(request: number): SpansTemplate {
  const TRACE = Buffer.from("T-R-A-C-E-I-D---");
  const SPAN = Buffer.from("S-P-A-NI");
  const START = 0x7ace7ace7ace7acen;
  const services = new Map<number, Buffer[]>();
  const order: { trace: number; span: number; parent: number | null; nanos: readonly [bigint, bigint] }[][] = [];
  for (let trace = 0; trace < TRACES_PER_REQUEST; trace++)
    for (let index = 0; index < SPANS_PER_TRACE; index++) {
      const service = (trace * 5 + (index >> 1) + request) % SERVICES;
      const isServer = index % 2 === 0;
      const isQuery = index === SPANS_PER_TRACE - 1;
      const hasFailed = (request * TRACES_PER_REQUEST + trace) % FAILING === 0 && index < 2;
      const span = trace * SPANS_PER_TRACE + index;
      const nanos = [BigInt(index) * 1_000_000n, BigInt(30 - index * 3 + ((trace * 7) % 11)) * 1_000_000n] as const;
      const bytes = message(
        2,
        ...[field(1, TRACE), field(2, SPAN), ...(index === 0 ? [] : [field(4, SPAN)])],
        ...[field(5, isServer ? "GET /items/:id" : isQuery ? "SELECT items" : "GET"), integer(6, isServer ? 2 : 3)],
        ...[fixed64(7, START), fixed64(8, START)],
        ...Object.entries(attributesOf(index, hasFailed)).map(([key, value]) =>
          message(9, field(1, key), message(2, typeof value === "number" ? integer(3, value) : field(1, value))),
        ),
        ...(hasFailed ? [message(15, integer(3, 2))] : []),
      );
      services.set(service, [...(services.get(service) ?? []), bytes]);
      order[service] = [...(order[service] ?? []), { trace, span, parent: index === 0 ? null : span - 1, nanos }];
    }
  const parts = [...services].map(([service, spans]) =>
    message(1, message(1, ...resource(service)), message(2, ...spans)),
  );
  const bytes = Buffer.concat(parts);
  const sequence = [...services.keys()].flatMap((service) => order[service] ?? []);
  const [traces, spans, starts] = [findAll(bytes, TRACE), findAll(bytes, SPAN), findAll(bytes, startBytes(START))];
  const ids = sequence.flatMap(({ span, parent }) => (parent === null ? [span] : [span, parent]));
  return {
    bytes,
    traceIds: traces.map((at, index) => ({ at, trace: sequence[index]?.trace ?? 0 })),
    spanIds: spans.map((at, index) => ({ at, span: ids[index] ?? 0 })),
    times: starts.map((at, index) => ({ at, nanos: sequence[index >> 1]?.nanos[index % 2] ?? 0n })),
  };
}

/** The request with new ids, its traces beginning at `atMs`. */
export function fillSpans({ bytes, traceIds, spanIds, times }: SpansTemplate, atMs: number): Buffer {
  const random = randomFillSync(Buffer.alloc(16 * TRACES_PER_REQUEST + 8 * SPANS_PER_REQUEST));
  for (const { at, trace } of traceIds) random.copy(bytes, at, trace * 16, trace * 16 + 16);
  const spansAt = 16 * TRACES_PER_REQUEST;
  for (const { at, span } of spanIds) random.copy(bytes, at, spansAt + span * 8, spansAt + span * 8 + 8);
  const base = BigInt(atMs) * 1_000_000n;
  for (const { at, nanos } of times) bytes.writeBigUInt64LE(base + nanos, at);
  return bytes;
}

/** OTLP metrics: a sum and a gauge for each of ten routes of a hundred services, whose times are filled in each time it is sent. */
export function otlpPointsTemplate(): { readonly bytes: Buffer; readonly times: readonly number[] } {
  const TIME = 0x7ace7ace7ace7acen;
  const point = (index: number) =>
    message(
      1,
      ...[fixed64(3, TIME), double(4, index * 1.5)],
      ...Object.entries({ "http.request.method": "GET", "http.route": `/api/v1/items/${index}` }).map(([key, value]) =>
        message(7, field(1, key), message(2, field(1, value))),
      ),
    );
  const routes = Array.from({ length: OTLP_POINTS_PER_REQUEST / SERVICES / 2 }, (_, index) => point(index));
  const cumulative = [integer(2, 2), integer(3, 1)];
  const sum = message(2, field(1, "http.server.requests"), message(7, ...routes, ...cumulative));
  const gauge = message(2, field(1, "http.server.active_requests"), message(5, ...routes));
  const bytes = Buffer.concat(
    Array.from({ length: SERVICES }, (_, service) =>
      message(1, message(1, ...resource(service)), message(2, sum, gauge)),
    ),
  );
  return { bytes, times: findAll(bytes, startBytes(TIME)) };
}

export function fillOtlpPoints({ bytes, times }: ReturnType<typeof otlpPointsTemplate>, atMs: number): Buffer {
  for (const at of times) bytes.writeBigUInt64LE(BigInt(atMs) * 1_000_000n, at);
  return bytes;
}

function resource(service: number): Buffer[] {
  const attributes = {
    "service.name": `service-${service}`,
    "service.version": "1.42.0",
    "deployment.environment.name": "production",
    "telemetry.sdk.language": "nodejs",
    "host.name": `node-${service % 12}`,
  };
  return Object.entries(attributes).map(([key, value]) => message(1, field(1, key), message(2, field(1, value))));
}

/** A server's span, the call from it to the next service, and of the last one a query. */
function attributesOf(index: number, hasFailed: boolean): Record<string, string | number> {
  if (index % 2 === 1 && index < SPANS_PER_TRACE - 1)
    return {
      ...{ "http.request.method": "GET", "http.response.status_code": hasFailed ? 500 : 200 },
      ...{
        "url.full": `http://shop.internal/items/${index}481`,
        "server.address": "shop.internal",
        "server.port": 8080,
      },
    };
  return index % 2 === 0
    ? {
        ...{ "http.request.method": "GET", "http.route": "/items/:id", "url.path": `/items/${index}481` },
        ...{
          "http.response.status_code": hasFailed ? 500 : 200,
          "server.address": "shop.internal",
          "network.protocol.version": "1.1",
        },
        "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
      }
    : {
        "db.system": "postgresql",
        "db.query.text": "SELECT id, name, price FROM items WHERE id = $1",
        "server.address": "orders-db",
      };
}

function startBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function findAll(bytes: Buffer, wanted: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + wanted.length)) found.push(at);
  return found;
}
