import type { Who } from "../../platform/db/audit-log.ts";
import type { Caller } from "./authenticate.ts";

/** The caller as the one who changes a workflow, for its versions and the audit log. */
export function whoOf(caller: Caller): Who {
  return caller.kind === "user"
    ? { type: "user", id: caller.userId, name: caller.login }
    : { type: "key", id: caller.projectId, name: "API key" };
}
