import { z } from "zod";
import { summarizeChanges } from "../../analysis/pull-request/summarize-changes.ts";
import { openProjectRepository } from "../../domains/change/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type ActionServices, action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";

const commitsMax = 100;

export default action({
  name: "summarize_pr",
  title: "Sum up a pull request",
  summary:
    "What it changes by area, its size, its risk with the reasons, its commits and the issues it closes. Counted, not written by a model.",
  group: "pull_request",
  input: z.strictObject({ pull_request_number: pullRequestField, repository: repositoryField }),
  output: z.object({
    markdown: z.string().describe("The summary, ready for post_comment."),
    areas: z
      .array(z.object({ area: z.string(), files: z.number(), additions: z.number(), deletions: z.number() }))
      .describe("By folder, largest change first."),
    lines_changed: z.number().int().describe("Lines added and removed."),
    size: z.string().describe("size: S, M, L or XL."),
    risk_score: z.number().describe("0 to 1."),
    risk_level: z.enum(["low", "medium", "high"]),
    linked_issues: z.array(z.number()).describe("Issues that its text says it closes."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const [pull, files] = await Promise.all([forge.pullRequest(number), forge.changedFiles(number)]);
    const commits = await commitsOf(services, ctx.projectId, pull.baseSha, pull.headSha);
    if (commits === null) ctx.log("INFO", "The commits are not in the mirror, so the summary does not list them.");
    const found = summarizeChanges({ title: pull.title, body: pull.body, files, commits });
    return {
      markdown: found.markdown,
      areas: [...found.areas],
      lines_changed: found.linesChanged,
      size: found.size,
      risk_score: found.risk.score,
      risk_level: found.risk.level,
      linked_issues: [...found.linkedIssues],
    };
  },
});

async function commitsOf(
  services: ActionServices,
  projectId: string,
  from: string,
  to: string,
): Promise<readonly string[] | null> {
  const opened = await openProjectRepository(services, projectId, to);
  if (opened.kind !== "open") return null;
  try {
    const commits = await opened.repository.git.listCommits({ from, to, commitsMax });
    return commits.map(({ subject }) => subject).reverse();
  } catch (error) {
    if (error instanceof CulpritError) return null;
    throw error;
  }
}
