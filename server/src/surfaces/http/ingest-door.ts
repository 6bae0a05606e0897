import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyHolder } from "../../domains/access/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { inflateBody } from "./read-body.ts";

declare module "fastify" {
  interface FastifyRequest {
    keyHolder: KeyHolder | null;
  }
}

/** Makes a scope take any body as bytes, and remember whose key came with it. */
export function takeBytes(app: FastifyInstance, bodyBytesMax: number): void {
  app.decorateRequest("keyHolder", null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (_request, body, done) =>
    done(null, body),
  );
}

/** The body, decompressed. @throws CulpritError MALFORMED_BODY, PAYLOAD_TOO_LARGE or UNSUPPORTED_MEDIA_TYPE. */
export async function bytesOf(
  request: FastifyRequest,
  { turn, inflatedBytesMax }: { readonly turn: () => Promise<void>; readonly inflatedBytesMax: number },
): Promise<Buffer> {
  if (!Buffer.isBuffer(request.body)) throw new CulpritError("MALFORMED_BODY", "The request has no body.");
  await turn();
  return inflateBody(request.body, request.headers["content-encoding"], inflatedBytesMax);
}

/** The project of a request that was let in. */
export function projectOf(request: FastifyRequest): string {
  if (request.keyHolder === null) throw new Error("a request passed without a key");
  return request.keyHolder.projectId;
}
