import type { FailingRequest } from "./find-failing-request.ts";
import { accessOf, type Claim, literalOf, type Recorded } from "./literal.ts";
import { recorderSource } from "./recorder-source.ts";
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
  entryImport: string,
  request: FailingRequest,
  { times, untilFailure }: Sending,
): string {
  return [
    ...runnerImports(style),
    importLine(style, ["writeFileSync"], "node:fs"),
    importLine(style, ["Server"], "node:net"),
    startSource(style, entryImport),
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
    "  service.closeAllConnections?.();",
    "  service.close();",
    style.runner === "node" ? "  setImmediate(() => process.exit(0));" : "",
    style.runner === "mocha" ? "}).timeout(20000);" : style.runner === "node" ? "});" : "}, 20000);",
    "",
  ].join("\n");
}

/** Source of the regression test that sends the failing request and asserts status and body. */
export function replayTestSource(
  style: TestStyle,
  entryImport: string,
  request: FailingRequest,
  expected: { readonly status: number; readonly isJson: boolean; readonly claim: Claim | null },
  times: number,
  title: string,
): string {
  const assertions = expected.claim === null ? [] : bodyAssertions(expected.claim);
  return [
    importDefaultLine(style, "assert", "node:assert/strict"),
    importLine(style, ["Server"], "node:net"),
    ...runnerImports(style),
    "",
    startSource(style, entryImport),
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
    "    service.closeAllConnections?.();",
    "    service.close();",
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

function startSource(style: TestStyle, entryImport: string): string {
  return `/** Starts the service by its own entry, on a free port of the loopback instead of the configured one. */
function startService() {
  process.env.NODE_ENV = "production";
  return new Promise((resolve, reject) => {
    const listen = Server.prototype.listen;
    Server.prototype.listen = function (...options) {
      Server.prototype.listen = listen;
      this.once("listening", () => resolve(this));
      return listen.call(this, 0, "127.0.0.1", options.find((option) => typeof option === "function"));
    };
    const missing = () => setTimeout(() => reject(new Error("nothing listened")), 5000).unref();
    (async () => ${loadExpression(style, entryImport)})().then(missing, reject);
  });
}`;
}

function fetchSource(request: FailingRequest, timeoutMs: number): string {
  const url = `\`http://127.0.0.1:\${service.address().port}\` + ${JSON.stringify(request.target)}`;
  const options: string[] = [`signal: AbortSignal.timeout(${timeoutMs})`];
  if (request.method !== "GET") options.push(`method: ${JSON.stringify(request.method)}`);
  if (request.contentType !== null) options.push(`headers: { "content-type": ${JSON.stringify(request.contentType)} }`);
  if (request.body !== null && request.method !== "GET" && request.method !== "HEAD")
    options.push(`body: ${JSON.stringify(request.body)}`);
  return `fetch(${url}, { ${options.join(", ")} })`;
}
