import { z } from "zod";
import { followPullRequests, listPassedThresholds, watchBaseBranch } from "../../domains/repair/index.ts";
import { startExecutions } from "../../domains/workflow/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type ActionServices, action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

export default action({
  name: "poll_pull_requests",
  title: "See how pull requests stand of which no webhook told",
  summary:
    "Reads the state of all pull requests for incidents that nobody looked at for so many minutes, and whether a commit of the base branch ended the failure otherwise. Asks once more for those that waited for more occurrences of their failure, once these came. It writes nothing outside itself.",
  group: "upkeep",
  input: z.strictObject({
    older_than_minutes: z.number().int().min(0).max(1440).default(5).describe("Looked at last before so many minutes."),
  }),
  output: z.strictObject({
    followed: z.number().int(),
    asked_again: z.number().int().describe("Patches whose failure was seen often enough by now."),
    problems: z.array(z.string()),
  }),
  repeat: "idempotent",
  async run({ older_than_minutes: minutes }, ctx, services) {
    await houseOnly(ctx, services);
    const olderThan = new Date(services.now().getTime() - minutes * 60_000);
    const followed = await followPullRequests(services, { olderThan });
    const problems = followed.flatMap(({ problem }) => problem ?? []);
    for (const { pullRequest, state } of followed) {
      if (state !== "open" || !pullRequest.isOwn || ctx.signal.aborted) continue;
      try {
        const fixed = await watchBaseBranch(services, pullRequest);
        if (fixed !== null) ctx.progress(fixed);
      } catch (error) {
        if (!(error instanceof CulpritError)) throw error;
        problems.push(error.message);
      }
    }
    return { followed: followed.length, asked_again: await askAgain(services), problems };
  },
});

/** Each by an execution in its own project, where the mode, the limits and the switch of people apply; one for each decision that waited. */
async function askAgain({ database, queue }: ActionServices): Promise<number> {
  const passed = await listPassedThresholds(database.db);
  const started = await database.transaction((tx) =>
    startExecutions(
      tx,
      queue,
      passed.map(({ decisionId, incidentId, projectId }) => ({
        ...{ id: decisionId, projectId, incidentId, workflow: "open-pull-request", inputs: { asked_by: null } },
        trigger: { type: "schedule", data: { reason: "The failure was seen as often as the project asks for." } },
      })),
    ),
  );
  return started.length;
}
