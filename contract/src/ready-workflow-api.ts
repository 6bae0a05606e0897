import { z } from "zod";
import { workflowDefinitionSchema } from "./workflow.ts";

/** Workflows that come with Culprit as templates; a project takes one by one click, and then it is its own. */

export const readyWorkflowGroups = ["incidents", "pull_requests", "upkeep", "people"] as const;
export const readyWorkflowSchema = z.object({
  /** The name of its file without ending, and of the workflow it becomes: `notify-on-incident`. */
  name: z.string(),
  description: z.string(),
  group: z.enum(readyWorkflowGroups),
  trigger_types: z.array(z.enum(["event", "schedule", "webhook", "manual"])),
  /** Events and cron expressions that start it, in words of the definition. */
  starts_on: z.array(z.string()),
  /** The actions it is made of, each once. */
  uses: z.array(z.string()),
  /** What must be connected for it to do anything: types of integrations, or the names of secrets. */
  needs: z.array(z.string()),
  definition: workflowDefinitionSchema,
  yaml: z.string(),
  /** The project's workflow of that name; null where it has none yet. */
  workflow_id: z.string().nullable(),
  workflow_status: z.string().nullable(),
});
export type ReadyWorkflow = z.infer<typeof readyWorkflowSchema>;

/** Answer of `GET /api/workflows/ready`: all of them at once, by group and name. */
export const readyWorkflowListSchema = z.object({ items: z.array(readyWorkflowSchema), next_cursor: z.null() });
export type ReadyWorkflowList = z.infer<typeof readyWorkflowListSchema>;

/** Body of `POST /api/workflows/ready/:name`, answered like a save. CONFLICT where the project has one of that name. */
export const readyWorkflowTakeSchema = z.strictObject({
  /** `active` runs from now on; `draft` is only put there to be edited. */
  status: z.enum(["active", "inactive", "draft"]).default("active"),
});
