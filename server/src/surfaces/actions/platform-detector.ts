import { z } from "zod";
import { detectPlatforms } from "../../analysis/platforms/detect-platforms.ts";
import { readWorkspace } from "../../domains/change/index.ts";
import { action } from "./action-services.ts";

const readmes = /^readme(?:\.[a-z]+)?$/i;
const envs = /^\.env(?:\.(?:example|sample|template|dist))?$/i;
const dockerfiles = /^dockerfile$/i;

export default action({
  name: "platform_detector",
  title: "Detect the platform of a repository",
  summary:
    "Says which app builder, coding tool or host a repository comes from, by its files, packages and commits, with the score of each.",
  group: "code",
  input: z.strictObject({
    repository_url: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe("A repository of the project. Left out: its newest."),
    commit_messages: z
      .array(z.string().max(10_000))
      .max(1000)
      .default([])
      .describe("Commit messages beside those of the repository."),
    workspace_path: z.string().max(1000).default(".").describe("A folder of the repository."),
    package_json_content: z
      .string()
      .max(1_000_000)
      .optional()
      .describe("The package.json to read instead of the repository's."),
  }),
  output: z.object({
    detected_platform: z.string().describe("Its name, or unknown where the best score is under 0.3."),
    confidence_score: z.number().min(0).max(1).describe("The best score."),
    platform_specific_config: z.record(z.string(), z.unknown()).describe("What is known of such repositories."),
    recommended_workflow: z.string().describe("phase2_PLATFORM_enhancement, or phase2_generic_enhancement under 0.5."),
    migration_suggestions: z.array(z.string()).describe("At most three other platforms over 0.2."),
    enhancement_opportunities: z.array(z.string()).describe("What the repository lacks."),
    workflow_type: z
      .enum(["single_platform", "multi_platform", "hybrid_workflow"])
      .nullable()
      .describe("By the second, weighted score."),
    scores: z
      .array(
        z.object({
          platform: z.string(),
          score: z.number(),
          weighted_score: z.number(),
          matches: z.record(z.string(), z.array(z.string())),
        }),
      )
      .describe("Every platform that left a mark, with the marks."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const workspace = await readWorkspace(services, {
      projectId: ctx.projectId,
      repositoryUrl: input.repository_url ?? null,
      revision: null,
      folder: input.workspace_path,
      commitsMax: 200,
      wants: (path) => path === "package.json" || [readmes, envs, dockerfiles].some((pattern) => pattern.test(path)),
    });
    const textsOf = (pattern: RegExp) =>
      [...workspace.texts].flatMap(([path, text]) => (pattern.test(path) ? [text] : [])).join("\n");
    const found = detectPlatforms({
      files: workspace.files,
      commitMessages: [...input.commit_messages, ...workspace.commitMessages],
      packageJson: input.package_json_content ?? workspace.texts.get("package.json") ?? null,
      readme: textsOf(readmes),
      env: textsOf(envs),
      dockerfile: textsOf(dockerfiles),
    });
    return {
      detected_platform: found.detectedPlatform,
      confidence_score: found.confidenceScore,
      platform_specific_config: found.platformConfig,
      recommended_workflow: found.recommendedWorkflow,
      migration_suggestions: [...found.migrationSuggestions],
      enhancement_opportunities: [...found.enhancementOpportunities],
      workflow_type: found.workflowType,
      scores: found.scores.map(({ platform, score, weightedScore, matches }) => ({
        platform,
        score,
        weighted_score: weightedScore,
        matches: Object.fromEntries(Object.entries(matches).map(([part, marks]) => [part, [...marks]])),
      })),
    };
  },
});
