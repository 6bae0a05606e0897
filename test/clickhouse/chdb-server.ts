/**
 * The real ClickHouse engine behind a small HTTP server: `chdb` runs it in this process, and this passes on what ClickHouse's HTTP
 * interface takes (https://clickhouse.com/docs/interfaces/http): a statement in `query` or the body, parameters as `param_…`, settings by their
 * names, gzip in both directions, `X-ClickHouse-…` headers where a client reads them. Parsing, types, storage and answers are the engine's own;
 * sessions, users, cancelling and progress are not there. Usage: `chdb-server.ts FOLDER`; prints its port.
 */
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { gunzipSync, gzipSync } from "node:zlib";

interface Session {
  query(statement: string, format?: string): string;
}

const require = createRequire(new URL("../../tools/engines/package.json", import.meta.url));
const { Session } = require("chdb") as { Session: new (folder: string) => Session };
const session = new Session(process.argv[2] ?? "");
session.query("CREATE DATABASE IF NOT EXISTS culprit");

/** What of a request's address is no setting. */
const OWN = new Set([
  "query",
  "query_id",
  "database",
  "session_id",
  "default_format",
  "enable_http_compression",
  "role",
]);

const server = createServer({ maxHeaderSize: 1_000_000 }, async (request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/ping") return void response.end("Ok.\n");
  const body = await bodyOf(request);
  try {
    const answer = Buffer.from(run(url.searchParams, body));
    const isZipped =
      /gzip/.test(String(request.headers["accept-encoding"])) && url.searchParams.has("enable_http_compression");
    response.writeHead(200, {
      ...{
        "content-type": "application/x-ndjson; charset=UTF-8",
        "x-clickhouse-query-id": url.searchParams.get("query_id") ?? "",
      },
      ...(isZipped ? { "content-encoding": "gzip" } : {}),
    });
    response.end(isZipped ? gzipSync(answer) : answer);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = /Code: (\d+)/.exec(message)?.[1] ?? "1";
    response.writeHead(500, { "x-clickhouse-exception-code": code }).end(message.slice(message.indexOf("Code:")));
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : "");
});

function run(parameters: URLSearchParams, body: Buffer): string {
  session.query(`USE ${parameters.get("database") ?? "default"}`);
  const query = parameters.get("query");
  const text = query === null ? body.toString() : `${query}\n${body.toString()}`;
  for (const [name, value] of parameters)
    if (name.startsWith("param_")) session.query(`SET ${name} = '${literal(value)}'`);
    else if (!OWN.has(name)) session.query(`SET ${name} = '${literal(value)}'`);
  return session.query(text) ?? "";
}

function literal(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
