import { z } from "zod";
import { checkNames } from "../../analysis/quality/gate-result.ts";
import { checkQuality } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";

const textMax = 2_000_000;
const path = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !text.startsWith("/") && !text.split("/").includes(".."), "lies inside the repository");
const standardsSchema = z.looseObject({ rules: z.record(z.string().max(100), z.unknown()).default({}) }).prefault({});

export default action({
  name: "quality_gates",
  title: "Hold a change against quality gates",
  summary:
    "Eight checks of a changed file: syntax, style, complexity, security, performance, tests, dependencies, accessibility; by oxlint, and by the project's own compiler, linters and tests in the sandbox where a commit is named. Passed is no error and a mean of at least 0.7.",
  group: "code",
  input: z.strictObject({
    file_path: path.describe("The file, from the repository's root."),
    original_content: z.string().max(textMax).default("").describe("Its text before; empty for a new file."),
    modified_content: z.string().max(textMax).describe("Its text after."),
    fix_type: z.string().max(100).default("").describe("What kind of change it is; kept with the result."),
    project_standards: standardsSchema.describe("`rules`: rules of oxlint that the project sets otherwise."),
    run_tests: z.boolean().default(true).describe("Run the project's tests, where a commit is named."),
    check_syntax: z.boolean().default(true).describe("Check the syntax, and types by the project's compiler."),
    check_style: z.boolean().default(true).describe("Check the style, and by the project's own linters."),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional()
      .describe("The commit that the change is made on. Left out: the project's own tools do not run."),
  }),
  output: z.object({
    passed: z.boolean().describe("No error, and a mean of at least 0.7."),
    warnings: z.array(z.string()),
    errors: z.array(z.string()),
    quality_score: z.number().describe("The mean of the checks that ran; 0.5 where none did."),
    recommendations: z.array(z.string()),
    test_results: z
      .array(
        z.object({
          kind: z.string(),
          command: z.string(),
          exit_code: z.number().nullable(),
          duration_ms: z.number(),
          errors: z.array(z.string()),
        }),
      )
      .describe("What the project's own tools said."),
    checks: z
      .record(z.string(), z.object({ score: z.number().nullable(), skipped: z.string().nullable() }))
      .describe("Each check's score, or why it did not count."),
    fix_type: z.string(),
  }),
  repeat: "none",
  isHeavy: true,
  async run(input, ctx, services) {
    const verdict = await checkQuality(services, {
      projectId: ctx.projectId,
      path: input.file_path,
      original: input.original_content,
      modified: input.modified_content,
      runTests: input.run_tests,
      checkSyntax: input.check_syntax,
      checkStyle: input.check_style,
      rules: input.project_standards.rules,
      commit: input.commit ?? null,
      signal: ctx.signal,
    });
    return {
      passed: verdict.passed,
      warnings: [...verdict.warnings],
      errors: [...verdict.errors],
      quality_score: verdict.qualityScore,
      recommendations: [...verdict.recommendations],
      test_results: verdict.tools.map(({ kind, command, exitCode, durationMs, errors }) => ({
        kind,
        command,
        exit_code: exitCode,
        duration_ms: durationMs,
        errors: [...errors],
      })),
      checks: Object.fromEntries(
        checkNames.map((name) => {
          const outcome = verdict.checks[name];
          return [
            name,
            "skipped" in outcome ? { score: null, skipped: outcome.skipped } : { score: outcome.score, skipped: null },
          ];
        }),
      ),
      fix_type: input.fix_type,
    };
  },
});
