import { sensitiveAreaOf } from "./sensitive-paths.ts";

export interface RiskFacts {
  readonly files: readonly { readonly path: string; readonly additions: number; readonly deletions: number }[];
  readonly changeRequests: number;
}

export interface Risk {
  /** 0 to 1. */
  readonly score: number;
  readonly level: "low" | "medium" | "high";
  /** Each part of the score in words. */
  readonly reasons: readonly string[];
}

/**
 * How likely a change is to hurt, 0 to 1, as the sum of four parts:
 * size 0.40 · log(1 + lines) / log(1 + 1000), whole at 1000 changed lines;
 * churn 0.15 · deletions / lines where more than 20 lines changed, because rewriting breaks more than adding;
 * sensitive paths 0.15 for the first area touched and 0.05 for each further one, at most 0.30;
 * change requests 0.10 each, at most 0.15. From 0.35 on it is medium, from 0.65 on high.
 */
export function riskOf({ files, changeRequests }: RiskFacts): Risk {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const lines = additions + deletions;
  const areas = [...new Set(files.flatMap(({ path }) => sensitiveAreaOf(path) ?? []))].sort();
  const size = 0.4 * Math.min(1, Math.log1p(lines) / Math.log1p(1000));
  const churn = lines > 20 ? 0.15 * (deletions / lines) : 0;
  const sensitive = areas.length === 0 ? 0 : Math.min(0.3, 0.15 + 0.05 * (areas.length - 1));
  const requests = Math.min(0.15, 0.1 * changeRequests);
  const score = Math.round(Math.min(1, size + churn + sensitive + requests) * 100) / 100;
  const reasons = [
    `${lines} changed lines in ${files.length} ${files.length === 1 ? "file" : "files"} (+${size.toFixed(2)})`,
    ...(churn > 0 ? [`${deletions} of them removed (+${churn.toFixed(2)})`] : []),
    ...(areas.length > 0 ? [`touches ${areas.join(", ")} (+${sensitive.toFixed(2)})`] : []),
    ...(requests > 0 ? [`${changeRequests} open change requests (+${requests.toFixed(2)})`] : []),
  ];
  return { score, level: score >= 0.65 ? "high" : score >= 0.35 ? "medium" : "low", reasons };
}
