import { matchSignature, type RepositoryFacts, type SignatureMatch, searchable } from "./match-signature.ts";
import { additiveScore, weightedScore } from "./score-platforms.ts";
import type { PlatformSignature } from "./signature.ts";
import { platformSignatures } from "./signatures.ts";

export interface PlatformScore {
  readonly platform: string;
  readonly score: number;
  readonly weightedScore: number;
  readonly matches: SignatureMatch;
}

export interface PlatformVerdict {
  /** `unknown` where the best score is under 0.3. */
  readonly detectedPlatform: string;
  readonly confidenceScore: number;
  readonly platformConfig: Readonly<Record<string, unknown>>;
  readonly recommendedWorkflow: string;
  readonly migrationSuggestions: readonly string[];
  readonly enhancementOpportunities: readonly string[];
  /** By the second score; null where nothing reaches its middle. */
  readonly workflowType: "single_platform" | "multi_platform" | "hybrid_workflow" | null;
  /** Every platform with any mark, best first. */
  readonly scores: readonly PlatformScore[];
}

const knownFrom = 0.3;
const sureFrom = 0.5;
const suggestedFrom = 0.2;
const high = 0.8;
const middle = 0.5;

/** Says which platforms made or run a repository, from its files, packages and commits. */
export function detectPlatforms(
  facts: RepositoryFacts,
  signatures: readonly PlatformSignature[] = platformSignatures,
): PlatformVerdict {
  const prepared = searchable(facts);
  const scores = signatures
    .map((signature) => {
      const matches = matchSignature(signature, prepared);
      const weighted = weightedScore(signature, matches);
      return { platform: signature.id, score: additiveScore(matches), weightedScore: weighted, matches };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.weightedScore - a.weightedScore || (a.platform < b.platform ? -1 : 1));
  const best = scores[0];
  const isKnown = best !== undefined && best.score >= knownFrom;
  const confidenceScore = best?.score ?? 0;
  const signature = isKnown ? signatures.find(({ id }) => id === best.platform) : undefined;
  const titleOf = (id: string) => signatures.find((one) => one.id === id)?.title ?? id;
  return {
    detectedPlatform: signature?.id ?? "unknown",
    confidenceScore,
    platformConfig: signature?.config ?? {},
    recommendedWorkflow:
      signature === undefined || confidenceScore < sureFrom
        ? "phase2_generic_enhancement"
        : `phase2_${signature.id}_enhancement`,
    migrationSuggestions: scores
      .filter(({ platform, score }) => platform !== signature?.id && score > suggestedFrom)
      .slice(0, 3)
      .map(
        ({ platform, score }) =>
          `${titleOf(platform)} left marks too (score ${score.toFixed(2)}): move what is still used, remove the rest.`,
      ),
    enhancementOpportunities: opportunities(facts),
    workflowType: workflowTypeOf(scores),
    scores,
  };
}

/** One platform, several of them plainly there (high), or one beside weaker ones (middle). */
function workflowTypeOf(scores: readonly PlatformScore[]): PlatformVerdict["workflowType"] {
  const strong = scores.filter(({ weightedScore }) => weightedScore > high).length;
  const present = scores.filter(({ weightedScore }) => weightedScore >= middle).length;
  if (present === 0) return null;
  if (present === 1) return "single_platform";
  return strong >= 2 ? "multi_platform" : "hybrid_workflow";
}

const wanted: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  {
    pattern: /(?:^|\/)(?:tests?|__tests__|spec)\/|\.(?:test|spec)\.[a-z]+$|(?:^|\/)test_[^/]+\.py$|_test\.go$/i,
    text: "There are no tests: add some, so that a change can be proven.",
  },
  {
    pattern: /^\.github\/workflows\/|^\.gitlab-ci\.yml$|^\.circleci\/|^azure-pipelines|^Jenkinsfile$/i,
    text: "Nothing runs the checks on each push: add a pipeline.",
  },
  {
    pattern: /(?:^|\/)(?:tsconfig[^/]*\.json|mypy\.ini|pyproject\.toml|go\.mod|Cargo\.toml)$/i,
    text: "Types are not checked: add a type checker.",
  },
  {
    pattern:
      /(?:^|\/)(?:\.?eslint(?:rc|\.config)[^/]*|biome\.jsonc?|\.oxlintrc\.json|ruff\.toml|\.golangci\.ya?ml|\.flake8)$/i,
    text: "No linter is configured: add one.",
  },
  {
    pattern:
      /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|Cargo\.lock|go\.sum)$/i,
    text: "No lock file is committed: two installations may differ.",
  },
  { pattern: /^readme(?:\.[a-z]+)?$/i, text: "There is no README." },
  { pattern: /^licen[cs]e(?:\.[a-z]+)?$/i, text: "There is no licence." },
];

function opportunities(facts: RepositoryFacts): string[] {
  const missing = wanted
    .filter(({ pattern }) => !facts.files.some((path) => pattern.test(path)))
    .map(({ text }) => text);
  const secret = facts.files.find((path) => /(?:^|\/)\.env(?:\.(?:local|production|development))?$/i.test(path));
  return secret === undefined
    ? missing
    : [`${secret} is committed and may hold secrets: remove it and renew them.`, ...missing];
}
