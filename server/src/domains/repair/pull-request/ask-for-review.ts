import { codeOwnersPaths } from "../../../analysis/change/code-owners.ts";
import { parseDiff } from "../../../analysis/diff/parse-diff.ts";
import type { PullRequestForge } from "../../integration/index.ts";
import { EffectStopped } from "../../workflow/index.ts";
import type { Checkout } from "./checkout-port.ts";
import { codeOwners } from "./code-owners.ts";
import type { ProvenCase } from "./concluded.ts";
import { namePullRequest } from "./name-pull-request.ts";

const reviewersMax = 5;

/** Puts the labels on and asks for reviews, as well as it goes. @returns what did not work, for the record. */
export async function askForReview(
  { step, proposal, run }: ProvenCase,
  forge: PullRequestForge,
  checkout: Checkout,
  at: { readonly number: number; readonly tip: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { labels } = proposal.settings;
  const effect = {
    recipient: namePullRequest(forge.kind, forge.repository, at.number),
    ...{ integrationId: forge.integrationId, service: proposal.service, repeat: "idempotent" as const },
  };
  const label_problem = await problemOf(async () => {
    if (labels.length === 0) return;
    await step.effect({
      ...{ ...effect, key: "labels", kind: "label", request: { add: labels } },
      send: async () => {
        await forge.addLabels(at.number, labels);
        return { externalRef: null, response: {} };
      },
    });
  });
  const reviewer_problem = await problemOf(async () => {
    const reviewers = await reviewersOf();
    if (reviewers.length === 0) return;
    const asked = await step.effect({
      ...{ ...effect, key: "reviewers", kind: "review_request", request: { reviewers } },
      send: async () => ({
        externalRef: null,
        response: { refused: await forge.requestReviewers(at.number, reviewers) },
      }),
    });
    const { refused } = asked.response;
    if (Array.isArray(refused) && refused.length > 0)
      throw new Error(`${forge.repository} does not let ${refused.join(", ")} be asked for a review.`);
  });
  return {
    ...(label_problem === null ? {} : { label_problem }),
    ...(reviewer_problem === null ? {} : { reviewer_problem }),
  };

  async function reviewersOf(): Promise<string[]> {
    const { reviewers, ask_authors: asksAuthors } = proposal.settings;
    if (!asksAuthors) return reviewers.slice(0, reviewersMax);
    const author = proposal.culpritCommit === null ? null : await forge.authorOf(proposal.culpritCommit);
    const paths = parseDiff(run.patchDiff ?? "").flatMap(({ oldPath, newPath }) => newPath ?? oldPath ?? []);
    const owners = await ownersOf(paths);
    return [...new Set([...reviewers, ...(author === null ? [] : [author]), ...owners])].slice(0, reviewersMax);
  }

  async function ownersOf(paths: readonly string[]): Promise<string[]> {
    for (const path of codeOwnersPaths) {
      const file = await checkout.readFile(at.tip, path);
      if (file !== null) return codeOwners(file, paths);
    }
    return [];
  }
}

/** The pull request stands: what is wrong with its adornments is said and stops nothing but the switch. */
async function problemOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof EffectStopped) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
