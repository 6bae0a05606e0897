import { z } from "zod";
import { readCommits, repositoriesToPoll } from "../../domains/change/index.ts";
import { action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

export default action({
  name: "poll_repositories",
  title: "Look for pushes that no webhook told of",
  summary:
    "Reads the repositories of all projects that nobody has looked at for so many minutes: the fallback where no push webhook is set up, or one was lost.",
  group: "upkeep",
  input: z.strictObject({
    older_than_minutes: z
      .number()
      .int()
      .min(1)
      .max(1440)
      .default(10)
      .describe("Looked at last before so many minutes."),
  }),
  output: z.strictObject({ projects: z.number().int(), commits: z.number().int(), problems: z.array(z.string()) }),
  repeat: "idempotent",
  async run({ older_than_minutes: minutes }, ctx, services) {
    await houseOnly(ctx, services);
    const olderThan = new Date(services.now().getTime() - minutes * 60_000);
    const projects = await repositoriesToPoll(services.database, olderThan);
    let commits = 0;
    const problems: string[] = [];
    for (const projectId of projects) {
      for (const read of await readCommits(services, { projectId, olderThan })) {
        commits += read.commits;
        if (read.problem !== null) problems.push(read.problem);
      }
    }
    return { projects: projects.length, commits, problems };
  },
});
