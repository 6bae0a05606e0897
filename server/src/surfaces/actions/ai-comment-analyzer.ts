import { z } from "zod";
import { analyzeComment } from "../../analysis/pull-request/analyze-comment.ts";
import { action } from "./action-services.ts";

export default action({
  name: "ai_comment_analyzer",
  title: "Say what a comment asks for",
  summary:
    "Tells whether a review comment asks for a fix, asks a question or suggests something, by its words alone, and takes the replacement of a ```suggestion block exactly. No model is asked: the rules are the whole of it.",
  group: "pull_request",
  input: z.strictObject({
    comment_body: z.string().max(200_000).describe("The comment."),
    file_path: z.string().max(1000).optional().describe("The file it stands at."),
    file_content: z
      .string()
      .max(2_000_000)
      .optional()
      .describe("That file as it is, to see that a line stands there once."),
    surrounding_context: z
      .string()
      .max(200_000)
      .optional()
      .describe("What stands around the place; not read without a model."),
    pr_diff: z
      .string()
      .max(2_000_000)
      .optional()
      .describe("The hunk that the comment stands at: its last line is meant."),
  }),
  output: z.object({
    intent: z.enum(["fix_request", "question", "suggestion", "praise", "complex_issue"]).describe("What it asks for."),
    confidence: z.number().min(0).max(1).describe("How sure that is: 0.6, as for every judgement by words alone."),
    suggested_actions: z.array(z.string()).describe("What could be done."),
    auto_fixable: z.boolean().describe("Whether a fix is asked for."),
    search_block: z.string().nullable().describe("The line to replace, where it is known exactly."),
    replace_block: z.string().nullable().describe("What takes its place."),
    response_template: z.string().describe("An answer to the comment."),
    issue_priority: z.enum(["low", "medium", "high", "critical"]).describe("Priority of an issue about it."),
    tags: z.array(z.string()).describe("Labels of an issue about it."),
  }),
  repeat: "none",
  async run(input) {
    const { comment_body: body, file_content: fileContent, pr_diff: diffHunk } = input;
    const found = analyzeComment({ body, fileContent, diffHunk });
    return {
      intent: found.intent,
      confidence: found.confidence,
      suggested_actions: [...found.suggestedActions],
      auto_fixable: found.autoFixable,
      search_block: found.searchBlock,
      replace_block: found.replaceBlock,
      response_template: found.responseTemplate,
      issue_priority: found.issuePriority,
      tags: [...found.tags],
    };
  },
});
