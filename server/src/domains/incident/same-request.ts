import type { KnownIncident } from "./look-up.ts";
import type { SignalToStore } from "./signal-to-store.ts";

/** What began so long before in the same request is one failure with it; what has failed for longer did so without it. */
const ONE_REQUEST_MS = 15 * 60_000;

/** A failure without an exception, such as a 5xx span: it says that, not why. */
export function isBare(item: SignalToStore): boolean {
  return item.signal.exceptions.length === 0;
}

/** Doors whose trace is a request. An SDK's may be a page that is open for hours, with unrelated errors in it. */
export function isTraceOfRequest({ signal: { door } }: SignalToStore): boolean {
  return door === "otlp" || door === "logs";
}

/** Whether a signal is of another service in the same request as an incident that began just now: one of them made the other fail. */
export function isOneRequest(item: SignalToStore, incident: KnownIncident): boolean {
  const { service } = item.signal;
  return (
    isTraceOfRequest(item) &&
    service !== null &&
    incident.service !== null &&
    service !== incident.service &&
    incident.status !== "resolved" &&
    incident.status !== "suppressed" &&
    item.receivedAt.getTime() - incident.openedAt.getTime() < ONE_REQUEST_MS
  );
}

/** The same of two signals of one trace. */
export function isOneRequestOf(item: SignalToStore, other: SignalToStore): boolean {
  const [own, others] = [item.signal.service, other.signal.service];
  return isTraceOfRequest(item) && isTraceOfRequest(other) && own !== null && others !== null && own !== others;
}

/** Whether a signal's stack lies in the project's own code. */
export function hasOwnCode({ signal: { exceptions } }: SignalToStore): boolean {
  return exceptions.some(({ frames }) => frames.some(({ isInApp }) => isInApp));
}
