import type { WorkflowProposal } from "@culprit/contract";
import type { GitRepositories } from "../../domains/change/index.ts";
import type { OpenForge } from "../../domains/integration/index.ts";
import {
  type ActionTypes,
  diffLines,
  requireValid,
  startManually,
  toYaml,
  type WorkflowRow,
  type Written,
} from "../../domains/workflow/index.ts";
import type { Database, DatabaseScope } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { forgeIfAny, readWorkflowFiles } from "../actions/shared/repository-workflows.ts";

export interface ProposalDeps {
  readonly database: Database;
  readonly git: GitRepositories;
  readonly openForge: OpenForge;
  readonly queue: Queue;
  readonly catalogue: ActionTypes;
}

/**
 * What becomes of a change to a workflow that the repository keeps: with a forge an execution that opens a pull request, and the
 * difference to commit in any case. Nothing of the workflow itself changes.
 * @throws CulpritError WORKFLOW_INVALID with all problems.
 */
export async function proposeWorkflowChange(
  deps: ProposalDeps,
  scope: DatabaseScope,
  request: {
    readonly projectId: string;
    readonly row: WorkflowRow;
    readonly written: Written;
    readonly by: string;
  },
): Promise<WorkflowProposal> {
  const { projectId, row, written, by } = request;
  const path = row.source_path ?? "";
  const { definition } = await requireValid(scope, { projectId, written, actions: deps.catalogue });
  const text = "text" in written ? written.text : toYaml(definition);
  const before = await fileNow(deps, projectId, path);
  const forge = await forgeIfAny(deps, projectId);
  const executionId =
    forge === null
      ? null
      : await startManually(scope, deps.queue, {
          projectId,
          workflow: { name: "propose-workflow-change" },
          inputs: { path, text, workflow: row.name, by },
          incidentId: null,
          by,
        });
  return {
    path,
    text,
    diff: diffLines(before ?? "", text),
    execution_id: executionId === null ? null : toPublicId("exec", executionId),
  };
}

/** The file as the repository has it; null where it can't be read at this moment, so that all of the text is new. */
async function fileNow(deps: ProposalDeps, projectId: string, path: string): Promise<string | null> {
  try {
    return (await readWorkflowFiles(deps, projectId)).files.get(path) ?? null;
  } catch (error) {
    if (error instanceof CulpritError) return null;
    throw error;
  }
}
