import { z } from "zod";
import { asCode, asPlainText } from "../../analysis/pull-request/plain-text.ts";
import { checkQuality } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";

const shownMax = 20;

export default action({
  name: "check_pr_quality",
  title: "Hold a pull request against quality gates",
  summary: "Runs quality_gates on each changed file of a pull request. Passed is that every file passed.",
  group: "code",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    files_max: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(30)
      .describe("Files that are checked, the largest changes first."),
    run_tests: z
      .boolean()
      .default(false)
      .describe("Run the project's tests with each file; needs its commit in the mirror."),
  }),
  output: z.object({
    passed: z.boolean(),
    quality_score: z.number().describe("The mean over the files; 1 where there was none to check."),
    files: z.array(
      z.object({
        path: z.string(),
        passed: z.boolean(),
        quality_score: z.number(),
        errors: z.array(z.string()),
        warnings: z.array(z.string()),
      }),
    ),
    skipped_count: z.number().int().describe("Changed files over the limit, removed or not readable as text."),
    markdown: z.string().describe("The same as text, ready for post_comment or set_check."),
  }),
  repeat: "none",
  isHeavy: true,
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const [pull, changed] = await Promise.all([forge.pullRequest(number), forge.changedFiles(number)]);
    const wanted = changed
      .filter(({ status, patch }) => status !== "removed" && patch !== null)
      .sort((a, b) => b.additions + b.deletions - (a.additions + a.deletions))
      .slice(0, input.files_max);
    const files: { path: string; passed: boolean; quality_score: number; errors: string[]; warnings: string[] }[] = [];
    for (const { path, previousPath, status } of wanted) {
      ctx.signal.throwIfAborted();
      const [modified, original] = await Promise.all([
        forge.file(path, pull.headSha),
        status === "added" ? null : forge.file(previousPath ?? path, pull.baseSha),
      ]);
      if (modified === null) continue;
      const verdict = await checkQuality(services, {
        projectId: ctx.projectId,
        path,
        original: original ?? "",
        modified,
        runTests: input.run_tests,
        checkSyntax: true,
        checkStyle: true,
        rules: {},
        commit: input.run_tests ? pull.baseSha : null,
        signal: ctx.signal,
      });
      const { passed, qualityScore, errors, warnings } = verdict;
      files.push({ path, passed, quality_score: qualityScore, errors: [...errors], warnings: [...warnings] });
    }
    const mean = files.length === 0 ? 1 : files.reduce((sum, file) => sum + file.quality_score, 0) / files.length;
    const score = Math.round(mean * 1000) / 1000;
    const passed = files.every((file) => file.passed);
    const skipped = changed.length - files.length;
    return {
      passed,
      quality_score: score,
      files,
      skipped_count: skipped,
      markdown: markdownOf(files, passed, score, skipped),
    };
  },
});

function markdownOf(
  files: readonly {
    readonly path: string;
    readonly passed: boolean;
    readonly quality_score: number;
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
  }[],
  passed: boolean,
  score: number,
  skipped: number,
): string {
  const worst = [...files].sort((a, b) => a.quality_score - b.quality_score).slice(0, shownMax);
  return [
    `### Quality gate ${passed ? "passed" : "failed"} (${score.toFixed(2)})`,
    "",
    `${files.length} ${files.length === 1 ? "file" : "files"} checked${skipped > 0 ? `, ${skipped} not` : ""}.`,
    "",
    ...worst.flatMap((file) =>
      file.errors.length + file.warnings.length === 0
        ? []
        : [
            `- ${asCode(file.path)} ${file.quality_score.toFixed(2)}`,
            ...[
              ...file.errors.map((text) => `**${asPlainText(text, 300)}**`),
              ...file.warnings.map((text) => asPlainText(text, 300)),
            ]
              .slice(0, 8)
              .map((text) => `  - ${text}`),
          ],
    ),
  ].join("\n");
}
