import type { Actor } from "../../domains/incident/index.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import type { Caller } from "./authenticate.ts";

/** The caller as the one who did something: a person under their id, a key under its project's. */
export function actorOf(caller: Caller): Actor {
  return caller.kind === "user"
    ? { type: "user", id: caller.userId }
    : { type: "integration", id: `API key of ${toPublicId("proj", caller.projectId)}` };
}
