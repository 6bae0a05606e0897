import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createGunzip } from "node:zlib";

/**
 * Serves a bare repository by git's smart HTTP protocol (https://git-scm.com/docs/http-protocol) with nothing but git itself: the
 * real `upload-pack` and `receive-pack` do the work, so hooks and refusals of the repository are real too.
 */
export function serveGit(
  gitDir: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  mayWrite: boolean,
): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const service = url.searchParams.get("service") ?? path.slice(1);
  if (service !== "git-upload-pack" && service !== "git-receive-pack") return void response.writeHead(404).end();
  if (service === "git-receive-pack" && !mayWrite) {
    response.writeHead(403, { "content-type": "text/plain" }).end("Write access to repository not granted.\n");
    return;
  }
  const isAdvertisement = path === "/info/refs";
  const kind = isAdvertisement ? "advertisement" : "result";
  response.writeHead(200, { "content-type": `application/x-${service}-${kind}`, "cache-control": "no-cache" });
  if (isAdvertisement) response.write(`${packetOf(`# service=${service}\n`)}0000`);
  const args = [service.slice(4), "--stateless-rpc", ...(isAdvertisement ? ["--advertise-refs"] : []), gitDir];
  const protocol = request.headers["git-protocol"];
  const child = spawn("git", args, {
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      ...(typeof protocol === "string" ? { GIT_PROTOCOL: protocol } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  child.stdin.on("error", () => {});
  if (isAdvertisement) child.stdin.end();
  else body.pipe(child.stdin);
  child.stdout.pipe(response);
}

function packetOf(line: string): string {
  return (line.length + 4).toString(16).padStart(4, "0") + line;
}

/** The password of a request that signs in by HTTP's basic way; null where it does not. */
export function passwordOf(request: IncomingMessage): string | null {
  const encoded = /^basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, "base64").toString("utf8").split(":").slice(1).join(":");
}
