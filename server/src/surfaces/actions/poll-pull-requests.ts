import { z } from "zod";
import { followPullRequests, watchBaseBranch } from "../../domains/repair/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

export default action({
  name: "poll_pull_requests",
  title: "See how pull requests stand of which no webhook told",
  summary:
    "Reads the state of all pull requests for incidents that nobody looked at for so many minutes, and whether a commit of the base branch ended the failure otherwise. It writes nothing outside.",
  group: "upkeep",
  input: z.strictObject({
    older_than_minutes: z.number().int().min(0).max(1440).default(5).describe("Looked at last before so many minutes."),
  }),
  output: z.strictObject({ followed: z.number().int(), problems: z.array(z.string()) }),
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
    return { followed: followed.length, problems };
  },
});
