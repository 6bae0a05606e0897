export { envelopeLimits } from "./envelope-limits.ts";
export { type EventContext, eventToSignal } from "./event-to-signal.ts";
export { mapSentryEnvelope, mapSentryStore, type SentryIntake } from "./map-envelope.ts";
export { type Envelope, type EnvelopeItem, parseEnvelope } from "./parse-envelope.ts";
export { keyOfDsn, sentryKey } from "./sentry-key.ts";
