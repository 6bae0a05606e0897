export { hideCredentials } from "./hide-credentials.ts";
export { jsonLimits, scrubJson } from "./scrub-json.ts";
export { type ScrubbedSignal, scrubSignal, signalLimits } from "./scrub-signal.ts";
export { type ScrubCounts, type ScrubOptions, scrubText, storable } from "./scrub-text.ts";
