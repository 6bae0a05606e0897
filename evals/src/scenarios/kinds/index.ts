import type { Kind } from "../fault.ts";
import { degraded } from "./degraded.ts";
import { healthy, herrings } from "./herrings.ts";
import { releases } from "./releases.ts";
import { settings } from "./settings.ts";
import { stores } from "./stores.ts";
import { served, surges } from "./surges.ts";
import { surroundings } from "./surroundings.ts";

/** All that can happen, one after the other. */
export const kinds: readonly Kind[] = [
  ...releases,
  ...settings,
  ...stores,
  ...surroundings,
  ...degraded,
  ...surges,
  ...herrings,
  ...served,
  ...healthy,
];
