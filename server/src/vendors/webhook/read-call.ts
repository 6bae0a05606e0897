import { severities } from "@culprit/contract";
import { z } from "zod";
import type { Delivery, IncomingRequest, Meaning } from "../../domains/integration/index.ts";
import { hashOfBody, readJson } from "../shared/read-body.ts";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const textOrNull = z
  .string()
  .max(2000)
  .nullish()
  .transform((text) => text ?? null);

/** An alert in Culprit's own words, as the field `alert` of a call: who writes one by hand gives a fingerprint and a title. */
const alertSchema = z
  .object({
    status: z.enum(["firing", "resolved"]).default("firing"),
    fingerprint: z.string().min(1).max(500),
    title: z.string().min(1).max(2000),
    description: z.string().max(20_000).default(""),
    severity: z.enum(severities).default("high"),
    service: textOrNull,
    environment: textOrNull,
    starts_at: instant.nullish(),
    ends_at: instant.nullish(),
    labels: z.record(z.string(), z.string()).default({}),
    url: textOrNull,
  })
  .transform(({ starts_at: startsAt, ends_at: endsAt, ...alert }) => ({ ...alert, startsAt, endsAt: endsAt ?? null }));

const EVENT_TYPE = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;

/** A call of the generic webhook: its id and type are headers, or fields of the body for senders that can set no headers. */
export function readCall(request: IncomingRequest): Delivery {
  const payload = readJson(request);
  const { headers } = request;
  const deliveryId = headers["idempotency-key"] ?? text(payload.id) ?? hashOfBody(request);
  return {
    deliveryId: deliveryId.slice(0, 255),
    eventType: (headers["culprit-event"] ?? text(payload.type) ?? "webhook.received").slice(0, 100),
    subject: text(payload.subject)?.slice(0, 500) ?? null,
    payload,
  };
}

/** What a call means: an alert where it holds one, which began when it was received if it does not say, else an event of its type. */
export function meaningOfCall({ eventType, subject, payload }: Delivery, receivedAt: Date): readonly Meaning[] {
  if (payload.alert !== undefined) {
    const alert = alertSchema.safeParse(payload.alert);
    if (alert.success)
      return [{ kind: "alert", alert: { ...alert.data, startsAt: alert.data.startsAt ?? receivedAt } }];
    const [issue] = alert.error.issues;
    return [{ kind: "ignored", reason: `Its alert can't be read: ${issue?.path.join(".")} ${issue?.message}.` }];
  }
  if (!EVENT_TYPE.test(eventType)) {
    const reason = `Its type ${JSON.stringify(eventType.slice(0, 50))} is no name of an event, such as deploy.finished.`;
    return [{ kind: "ignored", reason }];
  }
  return [{ kind: "event", type: eventType, subject, payload }];
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
