import { logNovelty } from "./log-novelty.ts";
import type { Modality } from "./modality.ts";
import { operationEvents } from "./operation-events.ts";
import { slowLinks } from "./operation-links.ts";
import { slowOperations } from "./operation-time.ts";

/** The ways of looking at traces and logs, and what each adds to a score at full strength. */
export const eventModalities: readonly { readonly look: Modality; readonly weight: number }[] = [
  { look: operationEvents, weight: 0.9 },
  { look: slowLinks, weight: 0.9 },
  { look: slowOperations, weight: 0.6 },
  { look: logNovelty, weight: 0.8 },
];
