import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { passwordOf, serveGit } from "./serve-git.ts";

/** A forge's answer to what is wrong. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** A request that is none of git's own, with its whole body. */
export interface ForgeRequest {
  readonly method: string;
  readonly url: URL;
  readonly text: string;
  readonly message: IncomingMessage;
}

export interface ServedForge {
  /** What its realm is called. */
  readonly name: string;
  /** Collects what the forge would not do; a test ends with none. */
  readonly faults: string[];
  /** The bare repository that is served by git; undefined for no such one. */
  gitDirOf(fullName: string): string | undefined;
  /** What a password may do there. @throws Refusal 401 or 403. */
  mayPush(password: string | null): boolean;
  answer(request: ForgeRequest, response: ServerResponse, webUrl: string): void;
}

/** Serves a fake forge on 127.0.0.1: repositories below `/owner/name.git` by git itself, all the rest by its `answer`. */
export async function serveForge(
  forge: ServedForge,
): Promise<{ readonly webUrl: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    take(forge, webUrl, request, response).catch((error: unknown) => {
      forge.faults.push(String(error));
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { webUrl, close };
}

async function take(
  forge: ServedForge,
  webUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", webUrl);
  // An owner may be a group within groups.
  const [, fullName = "", path = ""] = /^\/(.+?)\.git(\/.*)$/.exec(url.pathname) ?? [];
  const gitDir = forge.gitDirOf(fullName);
  if (gitDir !== undefined) {
    answerGit(forge, gitDir, path, request, response);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  forge.answer({ method: request.method ?? "GET", url, text, message: request }, response, webUrl);
}

function answerGit(
  forge: ServedForge,
  gitDir: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  try {
    serveGit(gitDir, path, request, response, forge.mayPush(passwordOf(request)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const headers = { "content-type": "text/plain", "www-authenticate": `Basic realm="${forge.name}"` };
    response.writeHead(error.status, headers).end(`${error.message}\n`);
  }
}

/** Answers in JSON; without a body where there is none. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (body === null || status === 204) response.writeHead(status, headers).end();
  else
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
      .end(JSON.stringify(body));
}

/**
 * Finds the operation that a request is for among those such as `GET /repos/{owner}/{repo}`, with the parts of its path.
 * @param partOf what a part may hold, as a pattern; everything but a slash unless told
 */
export function matchOperations<Name extends string>(
  names: readonly Name[],
  partOf: (part: string) => string = () => "[^/]+",
): (
  method: string,
  path: string,
) => { readonly operation: Name; readonly path: Readonly<Record<string, string>> } | null {
  const patterns = names.map((operation) => {
    const [method = "", template = ""] = operation.split(" ");
    const source = template
      .replaceAll(".", "\\.")
      .replace(/\{(\w+)\}/g, (_, part: string) => `(?<${part}>${partOf(part)})`);
    return { operation, method, pattern: new RegExp(`^${source}$`) };
  });
  return (method, path) => {
    for (const { operation, method: own, pattern } of patterns) {
      const match = own === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const parts = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return { operation, path: Object.fromEntries(parts) as Record<string, string> };
    }
    return null;
  };
}
