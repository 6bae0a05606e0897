import { type IngestReply, ingestInputSchema } from "@culprit/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { type Intake, ingestToSignal } from "../../../domains/intake/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { mapSentryEnvelope, mapSentryStore, sentryKey } from "../../../vendors/sentry/index.ts";
import { bearerToken, requireIngestKey } from "../authenticate.ts";
import { bytesOf, projectOf, takeBytes } from "../ingest-door.ts";
import { keyOfEnvelope } from "../key-of-envelope.ts";
import { parseJson } from "../read-body.ts";

export interface IngestDeps {
  readonly intake: Intake;
  readonly keys: KeyRing;
  readonly bodyBytesMax: number;
  readonly inflatedBytesMax: number;
}

/**
 * The doors for signals. Each request is authenticated and admitted (rate, queue, disk) by its headers alone, before a
 * byte of its body is read; then limited, decompressed, mapped, and answered after the commit. Only an envelope may have
 * its key in the first line of its body: SDKs that go through a tunnel send it nowhere else.
 */
export function registerIngestRoutes(app: FastifyInstance, deps: IngestDeps): void {
  takeBytes(app, deps.bodyBytesMax);
  app.addHook("onRequest", async (request, reply) => {
    allowAnyOrigin(request, reply);
    if (request.method === "OPTIONS") return reply.code(204).send();
    const key = bearerToken(request) ?? sentryKey(request.headers, request.url);
    if (key !== null || !isEnvelope(request)) await admit(request, key);
  });

  app.post("/api/ingest", async (request, reply) => {
    const input = ingestInputSchema.parse(parseJson(await bodyOf(request)));
    const [stored] = await deps.intake.accept(projectOf(request), [ingestToSignal(input, new Date())], new Date());
    if (stored === undefined) throw new Error("a stored signal has no answer");
    const answer: IngestReply = {
      incident_id: toPublicId("inc", stored.incidentId),
      status: stored.outcome === "created" ? "created" : "counted",
    };
    return reply.code(201).send(answer);
  });

  // SDKs send to the form with the slash at the end, people write the one without.
  for (const slash of ["/", ""]) {
    app.post(`/api/:dsnNumber/envelope${slash}`, acceptEnvelope);
    app.post(`/api/:dsnNumber/store${slash}`, acceptStore);
    for (const door of ["envelope", "store"]) app.options(`/api/:dsnNumber/${door}${slash}`, () => "");
  }

  async function admit(request: FastifyRequest, key: string | null): Promise<void> {
    request.keyHolder = await requireIngestKey(key, deps.keys, request.ip);
    deps.intake.admit(request.keyHolder.projectId);
  }

  async function acceptEnvelope(request: FastifyRequest) {
    if (request.keyHolder === null) {
      const key = Buffer.isBuffer(request.body)
        ? keyOfEnvelope(request.body, request.headers["content-encoding"])
        : null;
      await admit(request, key);
    }
    const { eventId, events, ignored } = mapSentryEnvelope(await bodyOf(request), new Date());
    deps.intake.countIgnored(ignored);
    await deps.intake.accept(projectOf(request), events, new Date());
    return eventId === null ? {} : { id: eventId };
  }

  async function acceptStore(request: FastifyRequest) {
    const { eventId, events, ignored } = mapSentryStore(parseJson(await bodyOf(request)), new Date());
    deps.intake.countIgnored(ignored);
    await deps.intake.accept(projectOf(request), events, new Date());
    return { id: eventId };
  }

  function bodyOf(request: FastifyRequest): Promise<Buffer> {
    return bytesOf(request, { turn: () => deps.intake.turn(), inflatedBytesMax: deps.inflatedBytesMax });
  }
}

function isEnvelope(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith("/api/:dsnNumber/envelope") === true;
}

/** Browsers' SDKs send from other origins; a key, not a cookie, says who they are. */
function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return;
  reply.header("access-control-allow-origin", "*");
  reply.header(
    "access-control-allow-headers",
    "authorization, content-type, content-encoding, x-sentry-auth, sentry-trace, baggage",
  );
  reply.header("access-control-expose-headers", "retry-after, x-sentry-rate-limits");
}
