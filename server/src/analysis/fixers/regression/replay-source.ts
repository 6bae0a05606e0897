import type { FailingRequest } from "./find-failing-request.ts";
import { accessOf, type Claim, literalOf, type Recorded } from "./literal.ts";
import { recorderSource } from "./recorder-source.ts";
import type { ServiceStart } from "./service-entry.ts";
import { importDefaultLine, importLine, loadExpression, runnerImports, testFunction } from "./test-frame.ts";
import type { TestStyle } from "./test-style.ts";

const probeTimeoutMs = 5_000;
const testTimeoutMs = 10_000;

/** What a service answered to the failing request. Status 0: it gave no answer, as when it crashes. */
export interface Answer {
  readonly status: number;
  readonly isJson: boolean;
  readonly body: Recorded;
  /** How often it was sent; the answer is the last one. */
  readonly times: number;
}

/** How often a request is sent: so many times, or until the service fails. */
export interface Sending {
  readonly times: number;
  readonly untilFailure: boolean;
}

/** Source of a probe that starts the service, sends the request, and writes the last `Answer` to the result file. */
export function replayProbeSource(
  style: TestStyle,
  start: ServiceStart,
  request: FailingRequest,
  { times, untilFailure }: Sending,
): string {
  return [
    ...runnerImports(style),
    importLine(style, ["writeFileSync"], "node:fs"),
    startImport(style, start),
    startSource(style, start),
    recorderSource,
    `${testFunction(style)}("probe", async () => {`,
    "  const service = await startService();",
    "  let answer;",
    `  for (let time = 1; time <= ${times}; time += 1) {`,
    "    answer = { status: 0, isJson: false, body: record(null), times: time };",
    "    try {",
    `      const response = await ${fetchSource(request, probeTimeoutMs)};`,
    "      const text = await response.text();",
    "      let body = text;",
    "      let isJson = true;",
    "      try { body = JSON.parse(text); } catch { isJson = false; }",
    "      answer = { ...answer, status: response.status, isJson, body: record(body) };",
    "    } catch {}",
    untilFailure ? "    if (answer.status === 0 || answer.status >= 500) break;" : "",
    "  }",
    "  writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(answer));",
    "  service.stop();",
    style.runner === "node" ? "  setImmediate(() => process.exit(0));" : "",
    style.runner === "mocha" ? "}).timeout(20000);" : style.runner === "node" ? "});" : "}, 20000);",
    "",
  ].join("\n");
}

/** Source of the regression test that sends the failing request and asserts status and body. */
export function replayTestSource(
  style: TestStyle,
  start: ServiceStart,
  request: FailingRequest,
  expected: { readonly status: number; readonly isJson: boolean; readonly claim: Claim | null },
  times: number,
  title: string,
): string {
  const assertions = expected.claim === null ? [] : bodyAssertions(expected.claim);
  return [
    importDefaultLine(style, "assert", "node:assert/strict"),
    startImport(style, start),
    ...runnerImports(style),
    "",
    startSource(style, start),
    "",
    `${testFunction(style)}(${JSON.stringify(title)}, async () => {`,
    "  const service = await startService();",
    "  try {",
    ...(times > 1
      ? [
          `    for (let time = 1; time < ${times}; time += 1)`,
          `      await (await ${fetchSource(request, testTimeoutMs)}).arrayBuffer();`,
        ]
      : []),
    `    const response = await ${fetchSource(request, testTimeoutMs)};`,
    "    const text = await response.text();",
    `    assert.equal(response.status, ${expected.status}, text);`,
    ...(assertions.length === 0 ? [] : [`    const body = ${expected.isJson ? "JSON.parse(text)" : "text"};`]),
    ...assertions.map((line) => `    ${line}`),
    "  } finally {",
    "    service.stop();",
    "  }",
    "});",
    "",
  ].join("\n");
}

function bodyAssertions(claim: Claim): string[] {
  if ("whole" in claim) return [`assert.deepEqual(body, ${literalOf(claim.whole) ?? "undefined"});`];
  return claim.parts.map(
    ({ path, value }) => `assert.deepEqual(${accessOf("body", path)}, ${literalOf(value) ?? "undefined"});`,
  );
}

function startImport(style: TestStyle, start: ServiceStart): string {
  return start.by === "import"
    ? importLine(style, ["Server"], "node:net")
    : importLine(style, ["spawn"], "node:child_process");
}

function startSource(style: TestStyle, start: ServiceStart): string {
  return start.by === "import"
    ? importedSource(loadExpression(style, start.module))
    : processSource([...start.flags, "--import"], start.path);
}

function importedSource(load: string): string {
  return `/** Starts the service by its own entry, on a free port of the loopback instead of the configured one. */
function startService() {
  process.env.NODE_ENV = "production";
  return new Promise((resolve, reject) => {
    const listen = Server.prototype.listen;
    Server.prototype.listen = function (...options) {
      Server.prototype.listen = listen;
      const stop = () => {
        this.closeAllConnections?.();
        this.close();
      };
      this.once("listening", () => resolve({ port: this.address().port, stop }));
      return listen.call(this, 0, "127.0.0.1", options.find((option) => typeof option === "function"));
    };
    const missing = () => setTimeout(() => reject(new Error("nothing listened")), 5000).unref();
    (async () => ${load})().then(missing, reject);
  });
}`;
}

function processSource(flags: readonly string[], path: string): string {
  return `/** Runs in the service's process before its entry: listens on a free port of the loopback instead of the configured one, and tells which. */
const onFreePort = \`
  import { Server } from "node:net";
  const listen = Server.prototype.listen;
  Server.prototype.listen = function (...options) {
    Server.prototype.listen = listen;
    this.once("listening", () => process.send(this.address().port));
    return listen.call(this, 0, "127.0.0.1", options.find((option) => typeof option === "function"));
  };
  process.once("disconnect", () => process.exit());
\`;

/** Starts the service in a process of its own: its entry listens only as the main module. */
function startService() {
  return new Promise((resolve, reject) => {
    const flags = [${flags.map((flag) => JSON.stringify(flag)).join(", ")}, "data:text/javascript," + encodeURIComponent(onFreePort)];
    const child = spawn(process.execPath, [...flags, ${JSON.stringify(path)}], {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const missing = setTimeout(() => reject(new Error("nothing listened")), 10000);
    const stop = () => child.kill("SIGKILL");
    child.once("message", (port) => (clearTimeout(missing), resolve({ port, stop })));
    child.once("error", reject);
    child.once("exit", (code) => (clearTimeout(missing), reject(new Error("the service ended with " + code))));
  });
}`;
}

function fetchSource(request: FailingRequest, timeoutMs: number): string {
  const url = `\`http://127.0.0.1:\${service.port}\` + ${JSON.stringify(request.target)}`;
  const options: string[] = [`signal: AbortSignal.timeout(${timeoutMs})`];
  if (request.method !== "GET") options.push(`method: ${JSON.stringify(request.method)}`);
  if (request.contentType !== null) options.push(`headers: { "content-type": ${JSON.stringify(request.contentType)} }`);
  if (request.body !== null && request.method !== "GET" && request.method !== "HEAD")
    options.push(`body: ${JSON.stringify(request.body)}`);
  return `fetch(${url}, { ${options.join(", ")} })`;
}
