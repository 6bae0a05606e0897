import type { ForgeKind } from "../../integration/index.ts";

/** An open pull request that is followed. */
export interface FollowedPullRequest {
  readonly id: string;
  readonly projectId: string;
  readonly incidentId: string;
  readonly forge: ForgeKind;
  readonly repository: string;
  readonly number: number;
  readonly branch: string;
  readonly baseBranch: string;
  readonly isOwn: boolean;
}
