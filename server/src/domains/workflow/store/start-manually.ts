import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { startExecution } from "../start-execution.ts";
import { checkInputs } from "../triggers/check-inputs.ts";
import { findWorkflow, loadVersion } from "./load-workflow.ts";

/**
 * Starts a workflow because a person asked for it, whatever its triggers are. Its inputs are held against what it declares.
 * @returns the execution's id. @throws CulpritError INVALID_REQUEST for wrong inputs, NOT_FOUND, or CONFLICT where it is not active.
 */
export async function startManually(
  scope: DatabaseScope,
  queue: Queue,
  request: {
    readonly projectId: string;
    readonly workflow: { readonly id: string } | { readonly name: string };
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly incidentId: string | null;
    readonly by: string;
    /** Sees what the asker may see of all projects; null for a project's key. Upkeep is started in it, in the house project. */
    readonly installation?: DatabaseScope | null;
  },
): Promise<string> {
  const { workflow, incidentId, by } = request;
  const installation = (await runsForInstallation(scope, request)) ? (request.installation ?? null) : undefined;
  const projectId = installation === undefined ? request.projectId : await visibleHouse(installation);
  return (installation ?? scope).transaction(async (tx) => {
    const row = await findWorkflow(tx, "id" in workflow ? workflow : { ...workflow, projectId });
    if (row.project_id !== null && row.project_id !== projectId)
      throw new CulpritError("NOT_FOUND", "There is no such workflow in this project.");
    const { definition } = await loadVersion(tx, row.id, row.version);
    const checked = checkInputs(definition, request.inputs);
    if (!checked.ok) {
      const [first] = checked.problems;
      const message = checked.problems.map((problem) => problem.message).join(" ");
      throw new CulpritError("INVALID_REQUEST", message, {
        details: first === undefined ? {} : { field: first.field },
      });
    }
    if (incidentId !== null) {
      const incident = await tx
        .selectFrom("incidents")
        .select("id")
        .where("id", "=", incidentId)
        .where("project_id", "=", projectId)
        .executeTakeFirst();
      if (incident === undefined)
        throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)} in this project.`);
    }
    return startExecution(tx, queue, {
      projectId,
      workflow: { id: row.id },
      inputs: checked.inputs,
      incidentId,
      trigger: { type: "manual", data: { by } },
    });
  });
}

async function runsForInstallation(
  scope: DatabaseScope,
  { workflow, projectId }: Parameters<typeof startManually>[2],
): Promise<boolean> {
  return scope.transaction(async (tx) => {
    const row = await findWorkflow(tx, "id" in workflow ? workflow : { ...workflow, projectId });
    const { definition } = await loadVersion(tx, row.id, row.version);
    return row.project_id === null && definition.config.runs_for === "installation";
  });
}

/** The house project, for whoever may see it. @throws CulpritError FORBIDDEN for others. */
async function visibleHouse(installation: DatabaseScope | null): Promise<string> {
  const house = await installation?.db
    .selectFrom("projects")
    .select("id")
    .where("is_house", "=", true)
    .executeTakeFirst();
  if (house !== undefined) return house.id;
  throw new CulpritError(
    "FORBIDDEN",
    "This workflow concerns the whole installation: sign in as its operator, or use the command line beside the server.",
  );
}
