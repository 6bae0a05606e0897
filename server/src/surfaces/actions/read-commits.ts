import { z } from "zod";
import { readCommits } from "../../domains/change/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "read_commits",
  title: "Read what was pushed",
  summary:
    "Brings the mirrors of the project's repositories up to date and keeps, of each new commit, its files with the kind of change and the hunks, and a summary.",
  group: "upkeep",
  input: z.strictObject({}),
  output: z.strictObject({
    commits: z.number().int().describe("Commits whose files were read now."),
    problems: z.array(z.string()).describe("Repositories that could not be read, each with its reason."),
  }),
  repeat: "idempotent",
  async run(_input, ctx, services) {
    const read = await readCommits(services, { projectId: ctx.projectId });
    const problems = read.flatMap(({ problem }) => problem ?? []);
    for (const problem of problems) ctx.log("WARNING", problem);
    return { commits: read.reduce((sum, { commits }) => sum + commits, 0), problems };
  },
});
