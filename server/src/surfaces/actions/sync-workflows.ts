import { workflowProblemSchema } from "@culprit/contract";
import { z } from "zod";
import { EffectRefused, type FileOutcome, syncRepositoryFiles } from "../../domains/workflow/index.ts";
import { action } from "./action-services.ts";
import { loadCatalogue } from "./load-catalogue.ts";
import { outward } from "./shared/outward.ts";
import { forgeIfAny, readWorkflowFiles } from "./shared/repository-workflows.ts";

const CHECK = "culprit/workflows";
const outcomes = ["created", "changed", "unchanged", "broken", "archived"] as const;

export default action({
  name: "sync_workflows",
  title: "Read the workflows of the repository",
  summary:
    "Makes the project's workflows what .culprit/workflows says at the newest commit of the default branch. A broken file keeps the last good version and is told by line, also as a check on the commit.",
  group: "upkeep",
  input: z.strictObject({}),
  output: z.object({
    commit: z.string().describe("The commit that was read."),
    files: z
      .array(
        z.object({
          path: z.string(),
          outcome: z.enum(outcomes),
          workflow: z.string().nullable(),
          problems: z.array(workflowProblemSchema),
        }),
      )
      .describe("What became of each file."),
    broken: z.number().int().describe("How many files are broken."),
  }),
  repeat: "idempotent",
  async run(_input, ctx, services) {
    const { projectId } = ctx;
    const { commit, files } = await readWorkflowFiles(services, projectId);
    const actions = await loadCatalogue();
    const found = await syncRepositoryFiles(services.database, actions, { projectId, commit, files });
    const broken = found.filter(({ outcome }) => outcome === "broken");
    for (const { path, outcome, problems } of found) {
      for (const { message, field, line } of problems)
        ctx.log(outcome === "broken" ? "ERROR" : "WARNING", `${placeOf(path, line)} ${field}: ${message}`);
      if (outcome !== "broken" && outcome !== "unchanged") ctx.log("INFO", `${path}: ${outcome}`);
    }
    const forge = found.length === 0 ? null : await forgeIfAny(services, projectId);
    if (forge !== null) {
      const check = {
        name: CHECK,
        sha: commit,
        conclusion: broken.length > 0 ? ("failure" as const) : ("success" as const),
        title: broken.length > 0 ? `${broken.length} of ${found.length} files are broken` : `${found.length} workflows`,
        summary: summaryOf(found),
      };
      // The workflows are taken over: a forge that does not know the commit, or refuses, must not make that look failed.
      await outward(ctx, {
        key: `check:${commit}`,
        kind: "check",
        recipient: `${forge.repository}@${commit.slice(0, 12)}`,
        integrationId: forge.integrationId,
        request: check,
        repeat: "idempotent",
        async send() {
          const { id, url } = await forge.setCheck(check);
          return { externalRef: id, response: { url } };
        },
      }).catch((cause: unknown) => {
        if (!(cause instanceof EffectRefused)) throw cause;
        ctx.log("WARNING", `The check at ${forge.repository} could not be set: ${cause.message}`);
      });
    }
    return { commit, files: found.map((file) => ({ ...file, problems: [...file.problems] })), broken: broken.length };
  },
});

function summaryOf(files: readonly FileOutcome[]): string {
  return files
    .map(({ path, outcome, problems }) => {
      const lines = problems.map(({ line, field, message }) => `  - ${placeOf(path, line)} \`${field}\` ${message}`);
      return [`- \`${path}\`: ${outcome}`, ...lines].join("\n");
    })
    .join("\n");
}

function placeOf(path: string, line: number | null): string {
  return line === null ? path : `${path}:${line}`;
}
