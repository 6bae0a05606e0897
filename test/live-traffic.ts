import { randomBytes } from "node:crypto";
import type { ProjectCreated } from "@culprit/contract";
import type { RunningCulprit } from "./culprit/start-culprit.ts";

/** What a service does when it is called: how long it takes itself, what it records when it fails, and whom it calls. */
export interface Call {
  readonly service: string;
  readonly route: string;
  readonly ownMs: number;
  /** The exception that it throws; null where it goes well, or fails only because of what it calls. */
  readonly exception?: string | null;
  readonly calls?: readonly Call[];
}

interface Sent {
  readonly service: string;
  readonly span: Record<string, unknown>;
}

const hex = (bytes: number) => randomBytes(bytes).toString("hex");
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const nano = (ms: number) => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

/** The spans of one request as the SDK of each service makes them: a SERVER span each, and a CLIENT span for each call. */
export function spansOfRequest(call: Call, atMs: number): readonly Sent[] {
  const sent: Sent[] = [];
  run(call, { atMs, traceId: hex(16), parentSpanId: null, sent });
  return sent;
}

function run(
  { service, route, ownMs, exception = null, calls = [] }: Call,
  ctx: { readonly atMs: number; readonly traceId: string; readonly parentSpanId: string | null; readonly sent: Sent[] },
): { readonly endMs: number; readonly isFailed: boolean } {
  const { traceId, sent } = ctx;
  const spanId = hex(8);
  let nowMs = ctx.atMs + ownMs / 2;
  let isFailed = exception !== null;
  for (const each of calls) {
    const clientId = hex(8);
    const startMs = nowMs;
    const answer = run(each, { atMs: nowMs + 1, traceId, parentSpanId: clientId, sent });
    nowMs = answer.endMs + 1;
    isFailed ||= answer.isFailed;
    const status = answer.isFailed ? 500 : 200;
    sent.push({
      service,
      span: {
        ...{ traceId, spanId: clientId, parentSpanId: spanId, name: "GET", kind: 3 },
        ...{ startTimeUnixNano: nano(startMs), endTimeUnixNano: nano(nowMs) },
        status: { code: answer.isFailed ? 2 : 0 },
        attributes: [
          text("http.request.method", "GET"),
          text("server.address", each.service),
          text("url.full", `http://${each.service}:8080${each.route}`),
          { key: "http.response.status_code", value: { intValue: `${status}` } },
        ],
      },
    });
  }
  const endMs = nowMs + ownMs / 2;
  const events =
    exception === null
      ? []
      : [
          {
            ...{ timeUnixNano: nano(endMs - 0.1), name: "exception" },
            attributes: [
              text("exception.type", exception.split(":", 1)[0] ?? "Error"),
              text("exception.message", exception.slice(exception.indexOf(":") + 2)),
              text("exception.stacktrace", `${exception}\n    at handle (/srv/${service}/src/handle.js:7:3)`),
            ],
          },
        ];
  sent.push({
    service,
    span: {
      ...{ traceId, spanId, ...(ctx.parentSpanId === null ? {} : { parentSpanId: ctx.parentSpanId }) },
      ...{ name: `GET ${route}`, kind: 2, events, status: { code: isFailed ? 2 : 0 } },
      ...{ startTimeUnixNano: nano(ctx.atMs), endTimeUnixNano: nano(endMs) },
      attributes: [
        text("http.request.method", "GET"),
        text("http.route", route),
        { key: "http.response.status_code", value: { intValue: isFailed ? "500" : "200" } },
      ],
    },
  });
  return { endMs, isFailed };
}

/** The body that a service's exporter sends: its own spans of those, as of the version that ran. */
export function exportOf(spans: readonly Sent[], service: string, version: string | null): object {
  const resource = {
    attributes: [
      text("service.name", service),
      text("deployment.environment.name", "production"),
      ...(version === null ? [] : [text("service.version", version)]),
    ],
  };
  const own = spans.filter((one) => one.service === service).map(({ span }) => span);
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: own }] }] };
}

/** A project of a running Culprit with several services that export their telemetry, each in requests of its own. */
export class Traffic {
  readonly project: ProjectCreated;
  readonly #url: string;

  private constructor(url: string, project: ProjectCreated) {
    this.#url = url;
    this.project = project;
  }

  static async open(culprit: RunningCulprit, name: string): Promise<Traffic> {
    const { stdout } = await culprit.culprit("project", "create", name, "--json");
    return new Traffic(culprit.url, JSON.parse(stdout) as ProjectCreated);
  }

  /** Sends spans, in one request for each service, as of the versions that ran. @returns the answers, by service. */
  async send(spans: readonly Sent[], versionOf: (service: string) => string | null): Promise<Map<string, unknown>> {
    const answers = new Map<string, unknown>();
    for (const service of new Set(spans.map((one) => one.service))) {
      answers.set(service, await this.post("/v1/traces", exportOf(spans, service, versionOf(service))));
    }
    return answers;
  }

  /** A request with the project's key of the kind that the path wants. @throws Error for any answer but 2xx. */
  async post(path: string, body: unknown): Promise<unknown> {
    return this.#ask("POST", path, path.startsWith("/v1/") ? this.project.ingest_key : this.project.api_key, body);
  }

  async get(path: string): Promise<unknown> {
    return this.#ask("GET", path, this.project.api_key);
  }

  async #ask(method: string, path: string, key: string, body?: unknown): Promise<unknown> {
    const reply = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${answer}`);
    return answer === "" ? null : JSON.parse(answer);
  }
}
