export type CommentIntent = "fix_request" | "question" | "suggestion" | "praise" | "complex_issue";

export interface CommentAnalysis {
  readonly intent: CommentIntent;
  readonly confidence: number;
  readonly suggestedActions: readonly string[];
  readonly autoFixable: boolean;
  readonly searchBlock: string | null;
  readonly replaceBlock: string | null;
  readonly responseTemplate: string;
  readonly issuePriority: "low" | "medium" | "high" | "critical";
  readonly tags: readonly string[];
}

const fixWords = /\b(?:fix|remove|change|update)\b/i;
const questionWords = /\?|\b(?:how|why|what)\b/i;
const responses: Readonly<Record<"fix_request" | "question" | "suggestion", string>> = {
  fix_request: "Noted as a request for a fix. A person will look at it.",
  question: "Noted as a question. A person will answer it.",
  suggestion: "Noted as a suggestion.",
};
const charsMax = 20_000;

/**
 * What a comment asks for, by the document's words alone: fix, remove, change, update → fix_request; `?`, how, why, what →
 * question; else suggestion. A reviewer's own ```suggestion block gives the replacement exactly, and the commented line what it
 * replaces; without one nothing is made up.
 */
export function analyzeComment(comment: {
  readonly body: string;
  readonly fileContent?: string | undefined;
  readonly diffHunk?: string | undefined;
}): CommentAnalysis {
  const body = comment.body.slice(0, charsMax);
  const prose = body.replace(/```[\s\S]*?(?:```|$)/g, " ").replace(/^\s*>.*$/gm, " ");
  const replaceBlock = suggestionIn(body);
  const intent =
    replaceBlock !== null || fixWords.test(prose)
      ? "fix_request"
      : questionWords.test(prose)
        ? "question"
        : "suggestion";
  const searchBlock = replaceBlock === null ? null : commentedLine(comment.diffHunk, comment.fileContent);
  return {
    intent,
    confidence: 0.6,
    suggestedActions: ["create_issue"],
    autoFixable: intent === "fix_request",
    searchBlock,
    replaceBlock: searchBlock === null ? null : replaceBlock,
    responseTemplate: responses[intent],
    issuePriority: "medium",
    tags: ["needs-review"],
  };
}

function suggestionIn(body: string): string | null {
  return /```suggestion[^\n]*\n([\s\S]*?)\n?```/.exec(body)?.[1] ?? null;
}

/** The line that a comment stands at: the last one of its hunk; null where the file does not hold it exactly once. */
function commentedLine(hunk: string | undefined, content: string | undefined): string | null {
  const line = hunk
    ?.split("\n")
    .filter((row) => /^[ +]/.test(row))
    .at(-1)
    ?.slice(1);
  if (line === undefined || line.trim() === "") return null;
  if (content === undefined) return line;
  return content.split("\n").filter((row) => row === line).length === 1 ? line : null;
}
