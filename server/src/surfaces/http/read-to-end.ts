import type { FastifyReply, FastifyRequest } from "fastify";

/** What is sent after a refusal is thrown away up to here; then the connection is. */
const THROWN_AWAY_MAX = 64 * 1024 * 1024;

/**
 * Lets who is still sending a refused body send on, so that they come to read the answer: a connection that is closed with bytes unread is reset, and
 * its answer is lost. Nothing is kept of what comes; `requestTimeout` bounds how long it may take.
 */
export function readToEnd(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (raw.readableEnded) return;
  reply.removeHeader("connection");
  let bytes = 0;
  raw.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > THROWN_AWAY_MAX) raw.destroy();
  });
}
