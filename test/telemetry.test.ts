import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { incidentListSchema, type ProjectCreated, scrapeTargetListSchema } from "@culprit/contract";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compress, encodeWrite1, encodeWrite2 } from "../server/src/vendors/prometheus/encode-write.fixture.ts";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { hasPrometheus } from "./prometheus/start-prometheus.ts";
import { startRemoteWriter } from "./prometheus/start-remote-writer.ts";

const page = readFileSync(fileURLToPath(new URL("../docs/telemetry.md", import.meta.url)), "utf8");
let culprit: RunningCulprit;
let database: pg.Client;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1" } });
  database = await connect(culprit);
});
afterAll(async () => {
  await database.end();
  await culprit.stop();
});

/** An example of the documentation with this server's address and key, so that what is printed there is what works. */
function example(name: string, { ingest_key: key }: ProjectCreated): string {
  const found = page.split(`<!-- example: ${name} -->`)[1]?.match(/^\s*```\w+\n([\s\S]*?)^```/m)?.[1];
  if (found === undefined) throw new Error(`docs/telemetry.md has no example ${name}`);
  return found.replaceAll("http://127.0.0.1:4600", culprit.url).replaceAll("KEY", key);
}

async function connect({ dataDir }: RunningCulprit): Promise<pg.Client> {
  const [, , , port, host] = (await readFile(join(dataDir, "postgres", "data", "postmaster.pid"), "utf8")).split("\n");
  const client = new pg.Client({ host, port: Number(port), user: "culprit", database: "culprit" });
  await client.connect();
  return client;
}

let projects = 0;
async function newProject(): Promise<ProjectCreated> {
  projects += 1;
  const { stdout } = await culprit.culprit("project", "create", `telemetry ${projects}`, "--json");
  return JSON.parse(stdout) as ProjectCreated;
}

interface Point {
  readonly service_key: string;
  readonly metric_name: string;
  readonly value: number;
  readonly kind: string;
  readonly unit: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every point of a project, or those of one metric. */
async function pointsOf({ name }: ProjectCreated, metric = "%"): Promise<readonly Point[]> {
  const { rows } = await database.query<Point>(
    `SELECT m.service_key, m.metric_name, m.value, m.kind, m.unit, m.labels FROM metric_points m JOIN projects p ON p.id = m.project_id
     WHERE p.name = $1 AND m.metric_name LIKE $2 ORDER BY m.ts`,
    [name, metric],
  );
  return rows;
}

async function shell(
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn("sh", ["-c", command], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

describe("an unmodified OpenTelemetry SDK, told by the documented variables alone", () => {
  test.each(["http/protobuf", "http/json"])(
    "sends metrics, lines and spans by %s; what is derived from them follows within seconds",
    async (protocol) => {
      const project = await newProject();
      const lines = example("otel.env", project).trim().split("\n");
      const env = Object.fromEntries(
        lines.map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]),
      );
      const client = fileURLToPath(new URL("clients/otel-telemetry-client.mjs", import.meta.url));
      const told = await shell(`"${process.execPath}" "${client}"`, {
        ...{ ...env, OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp" },
        ...{
          OTEL_SERVICE_NAME: "shop",
          OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging,k8s.namespace.name=web",
        },
      });
      expect(told).toMatchObject({ code: 0, stderr: "" });
      const derived = ["culprit.red.requests", "culprit.log.lines"];
      const points = await eventually(
        () => pointsOf(project),
        (rows) => derived.every((metric) => rows.some(({ metric_name: name }) => name === metric)),
        30_000,
      );
      const value = (name: string, labels: object = {}) =>
        points.find(
          (point) =>
            point.metric_name === name && Object.entries(labels).every(([key, text]) => point.labels[key] === text),
        );
      expect(value("shop.orders", { region: "eu" })).toMatchObject({
        service_key: "default/web/shop",
        value: 5,
        kind: "counter",
        unit: "{order}",
      });
      expect(value("shop.carts")).toMatchObject({ value: 7, kind: "gauge" });
      expect(value("http.server.request.duration_count")).toMatchObject({ value: 5, unit: "s" });
      expect(value("http.server.request.duration_bucket", { le: "+Inf" })).toMatchObject({ value: 5 });
      expect(value("culprit.red.requests", { route: "GET /cart/:id" })).toMatchObject({ value: 5, kind: "delta" });
      const counted = points.filter(({ metric_name: name }) => name === "culprit.log.lines");
      expect(counted.map(({ labels, value: each }) => [labels.severity, each]).sort()).toEqual([
        ["error", 1],
        ["info", 5],
      ]);
      const { rows: stored } = await database.query(
        "SELECT l.body, l.template_id, t.template, l.trace_id FROM log_records l JOIN projects p ON p.id = l.project_id JOIN log_templates t ON t.project_id = p.id AND t.template_id = l.template_id WHERE p.name = $1",
        [project.name],
      );
      expect(stored.length).toBe(6);
      expect(JSON.stringify(stored)).not.toContain("@example.com");
      const { rows: spans } = await database.query(
        "SELECT s.service_key, s.route FROM spans s JOIN projects p ON p.id = s.project_id WHERE p.name = $1",
        [project.name],
      );
      expect(spans).toEqual(
        Array.from({ length: 5 }, () => ({ service_key: "default/web/shop", route: "GET /cart/:id" })),
      );
      const reply = await fetch(`${culprit.url}/api/incidents`, {
        headers: { authorization: `Bearer ${project.api_key}` },
      });
      const { incidents } = incidentListSchema.parse(await reply.json());
      expect(incidents.map(({ title, service, environment }) => [title, service, environment])).toEqual([
        ["Error Log: payment was refused", "shop", "staging"],
      ]);
    },
  );
});

test("the documented curl stores its point for the named service", async () => {
  const project = await newProject();
  expect(await shell(example("curl.sh", project))).toMatchObject({ code: 0, stdout: "{}" });
  expect(await pointsOf(project)).toEqual([
    {
      service_key: "default/production/cart",
      metric_name: "cart.items",
      value: 3,
      kind: "gauge",
      unit: "{item}",
      labels: {},
    },
  ]);
});

test("the documented collector configuration sends all three kinds to an exporter that is there", async () => {
  const { exporters, service } = parse(example("collector.yaml", await newProject())) as {
    exporters: Record<string, unknown>;
    service: { pipelines: Record<string, { exporters: string[] }> };
  };
  expect(Object.keys(service.pipelines)).toEqual(["traces", "metrics", "logs"]);
  for (const { exporters: names } of Object.values(service.pipelines))
    for (const name of names) expect(exporters[name]).toBeDefined();
});

describe("doors", () => {
  const post = (
    path: string,
    key: string,
    headers: Readonly<Record<string, string>> = {},
    body: string | Uint8Array<ArrayBuffer> = "{}",
  ) =>
    fetch(`${culprit.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      body,
    });

  test("no key is 401, an unknown encoding 415, a broken body 400; a key is also taken as the password of basic authentication", async () => {
    const project = await newProject();
    const { ingest_key: key } = project;
    for (const path of ["/v1/metrics", "/v1/logs", "/v1/traces"]) {
      expect((await post(path, "culprit_ingest_nobody")).status).toBe(401);
      // It reads and changes the project: it has no place in a collector's settings.
      expect((await post(path, project.api_key)).status).toBe(403);
      const asked = await fetch(`${culprit.url}${path}`);
      expect([asked.status, asked.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await post(path, key, { "content-type": "text/plain" })).status).toBe(415);
      expect((await post(path, key, {}, "{")).status).toBe(400);
      const basic = `Basic ${Buffer.from(`prometheus:${key}`).toString("base64")}`;
      expect((await post(path, key, { authorization: basic })).status).toBe(200);
    }
    const wrong = await post("/v1/metrics", key, {}, '{"resourceSpans": []}');
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining("Send it to /v1/traces")]);
    expect((await post("/api/v1/write", key)).status).toBe(415);
    const v2 = {
      "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      "content-encoding": "snappy",
    };
    const written = await post("/api/v1/write", key, v2, "\0");
    expect(written.status).toBe(204);
    expect(written.headers.get("x-prometheus-remote-write-samples-written")).toBe("0");
  });

  test("a point that can't be taken is told as a partial success, and the others are stored", async () => {
    const project = await newProject();
    const dataPoints = [{ asDouble: 1 }, { asDouble: "NaN" }, { asDouble: 2, timeUnixNano: "1000000000000000000" }];
    const body = JSON.stringify({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "a", gauge: { dataPoints } }] }] }],
    });
    const reply = await post("/v1/metrics", project.ingest_key, {}, body);
    expect(await reply.json()).toEqual({
      partialSuccess: {
        rejectedDataPoints: "2",
        errorMessage: expect.stringContaining("a value is not a finite number (1)"),
      },
    });
    expect((await pointsOf(project, "a")).map(({ value }) => value)).toEqual([1]);
  });

  test("remote-write of which a part is refused by its time is answered 400, which is not sent again, and what was written is told", async () => {
    const project = await newProject();
    const samples = (at: number) => [{ value: 1, timestamp: at }];
    const good = { labels: { __name__: "a" }, samples: samples(Date.now()) };
    const old = { labels: { __name__: "b" }, samples: samples(1_000_000) };
    for (const [proto, encode] of [
      ["prometheus.WriteRequest", (series: (typeof good)[]) => encodeWrite1(series, [])],
      ["io.prometheus.write.v2.Request", encodeWrite2],
    ] as const) {
      const headers = { "content-type": `application/x-protobuf;proto=${proto}`, "content-encoding": "snappy" };
      const write = (...series: (typeof good)[]) =>
        post("/api/v1/write", project.ingest_key, headers, new Uint8Array(compress(encode(series))));
      const part = await write(good, old);
      expect(part.status).toBe(400);
      expect(part.headers.get("x-prometheus-remote-write-samples-written")).toBe("1");
      expect(await part.text()).toContain("Of the samples 1 are older than what is kept");
      const whole = await write(good);
      expect([whole.status, await whole.text()]).toEqual([204, ""]);
    }
  });
});

describe.skipIf(!hasPrometheus)("a real Prometheus", () => {
  test("writes what it scraped by remote-write, as the documentation sets it up", async () => {
    const project = await newProject();
    const prometheus = await startRemoteWriter(example("prometheus.yml", project));
    try {
      const points = await eventually(
        () => pointsOf(project),
        (rows) =>
          new Set(rows.map(({ metric_name: name }) => name)).size > 100 &&
          rows.some(({ metric_name: name }) => name === "up"),
        40_000,
      );
      expect(new Set(points.map(({ service_key: key }) => key))).toEqual(new Set(["default/production/prometheus"]));
      expect(points.find(({ metric_name: name }) => name === "up")).toMatchObject({ value: 1, kind: "gauge" });
      expect(points.find(({ metric_name: name }) => name === "prometheus_http_requests_total")?.kind).toBe("counter");
      expect(points.every(({ value }) => Number.isFinite(value))).toBe(true);
      expect(prometheus.log()).not.toMatch(/non-recoverable|server returned HTTP status/);
    } finally {
      await prometheus.stop();
    }
  });

  test("is read by Culprit as a page of metrics; when it is gone, up is 0 and the reason is listed", async () => {
    const project = await newProject();
    const prometheus = await startRemoteWriter("");
    const project_ = ["--project", project.name];
    try {
      const [add = ""] = example("scrape.sh", project).replaceAll("http://127.0.0.1:9090", prometheus.url).split("\n");
      const added = await culprit.culprit(...add.split(" ").slice(1), ...project_);
      expect(added).toMatchObject({ code: 0 });
      const points = await eventually(
        () => pointsOf(project),
        (rows) => rows.some(({ metric_name: name, value }) => name === "up" && value === 1),
        30_000,
      );
      expect(points.length).toBeGreaterThan(200);
      expect(points.find(({ metric_name: name }) => name === "go_goroutines")).toMatchObject({
        service_key: "default/production/prometheus",
        labels: { instance: new URL(prometheus.url).host },
      });
    } finally {
      await prometheus.stop();
    }
    await eventually(
      () => pointsOf(project, "up"),
      (rows) => rows.at(-1)?.value === 0,
      30_000,
    );
    const listed = await fetch(`${culprit.url}/api/scrape-targets`, {
      headers: { authorization: `Bearer ${project.api_key}` },
    });
    const { items } = scrapeTargetListSchema.parse(await listed.json());
    expect(items).toEqual([
      expect.objectContaining({ health: "down", last_error: expect.stringContaining("ECONNREFUSED") }),
    ]);
    expect(await culprit.culprit("scrape", "remove", items[0]?.id ?? "")).toMatchObject({ code: 0 });
    expect((await culprit.culprit("scrape", "list", ...project_)).stdout).toBe("");
  });
});

test("a page at a private address that no setting names is not called", async () => {
  const project = await newProject();
  await culprit.culprit(
    "scrape",
    "add",
    "http://169.254.169.254/metrics",
    "--service",
    "metadata",
    "--interval",
    "5",
    "--project",
    project.name,
  );
  const list = async () =>
    JSON.parse((await culprit.culprit("scrape", "list", "--json", "--project", project.name)).stdout) as {
      items: { last_error: string | null }[];
    };
  const { items } = await eventually(list, (answer) => answer.items[0]?.last_error !== null);
  expect(items[0]?.last_error).toContain("CULPRIT_HTTP_ALLOW_PRIVATE");
});

test("killed with -9 after the answer, Culprit has every metric, line, signal and failed span", async () => {
  const killed = await startCulprit({ env: { CULPRIT_TRACES_KEPT_PERCENT: "0", CULPRIT_TRACES_KEPT_PER_MINUTE: "0" } });
  try {
    const { stdout } = await killed.culprit("project", "create", "killed", "--json");
    const { ingest_key: key } = JSON.parse(stdout) as ProjectCreated;
    const send = async (path: string, body: object) => {
      const reply = await fetch(`${killed.url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      expect(reply.status).toBe(200);
    };
    const span = (id: number, code: number) => ({
      traceId: String(id).padStart(32, "0"),
      spanId: String(id).padStart(16, "0"),
      name: "GET /",
      kind: 2,
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now() + 5}000000`,
      status: { code },
    });
    await Promise.all([
      send("/v1/metrics", {
        resourceMetrics: [
          {
            scopeMetrics: [
              {
                metrics: [
                  {
                    name: "a",
                    gauge: {
                      dataPoints: Array.from({ length: 500 }, (_, value) => ({
                        asInt: value,
                        attributes: [{ key: "n", value: { intValue: value } }],
                      })),
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
      send("/v1/logs", {
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: Array.from({ length: 300 }, (_, line) => ({
                  severityNumber: line === 0 ? 17 : 9,
                  body: { stringValue: `line ${line}` },
                })),
              },
            ],
          },
        ],
      }),
      send("/v1/traces", {
        resourceSpans: [
          { scopeSpans: [{ spans: Array.from({ length: 200 }, (_, id) => span(id + 1, id % 2 === 0 ? 2 : 0)) }] },
        ],
      }),
    ]);
    killed.process.kill("SIGKILL");
    await once(killed.process, "exit");
    const client = await connect(killed);
    const count = async (table: string) => Number((await client.query(`SELECT count(*) FROM ${table}`)).rows[0]?.count);
    expect([await count("metric_points"), await count("log_records"), await count("incidents")]).toEqual([500, 300, 1]);
    // The healthy half waited for its traces to be decided, and was a sample anyway.
    expect(await count("spans")).toBe(100);
    await client.end();
  } finally {
    if (killed.process.exitCode === null && killed.process.signalCode === null) {
      killed.process.kill("SIGKILL");
      await once(killed.process, "exit");
    }
    // Its PostgreSQL survived it; the next start adopts it and stops it in order.
    const again = await startCulprit({ dataDir: killed.dataDir });
    await again.stop();
  }
});
