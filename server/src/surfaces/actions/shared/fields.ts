import { z } from "zod";
import type { Forge } from "../../../domains/integration/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionServices } from "../action-services.ts";

/** Inputs that many actions share. */
export const repositoryField = z
  .string()
  .max(200)
  .regex(/^[\w.-]+\/[\w.-]+$/, "is owner/name")
  .optional()
  .describe("The repository, owner/name. Left out: that of the event, else the project's.");
export const pullRequestField = z
  .number()
  .int()
  .min(1)
  .optional()
  .describe("Number of the pull request. Left out: that of the event.");

/** The repository that a step is about. @throws CulpritError NOT_FOUND where none is connected. */
export function forgeOf(
  input: { readonly repository?: string | undefined },
  ctx: ActionContext,
  services: ActionServices,
): Promise<Forge> {
  const named = input.repository ?? ctx.event?.repository;
  return typeof named === "string" ? services.openForge(ctx.projectId, named) : services.openForge(ctx.projectId);
}

/** The number of the pull request or issue that a step is about. @throws CulpritError INVALID_REQUEST where nothing says it. */
export function numberOf(
  input: { readonly pull_request_number?: number | undefined; readonly issue_number?: number | undefined },
  ctx: ActionContext,
): number {
  const { event } = ctx;
  const nested = [event?.pull_request, event?.issue].map((one) => (isObject(one) ? one.number : undefined));
  const found = [input.pull_request_number, input.issue_number, event?.number, ...nested].find(
    (one): one is number => typeof one === "number" && Number.isInteger(one) && one > 0,
  );
  if (found !== undefined) return found;
  throw new CulpritError(
    "INVALID_REQUEST",
    "Nothing says which pull request or issue is meant: the event has no number. Give the step pull_request_number.",
    { details: { field: "pull_request_number" } },
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
