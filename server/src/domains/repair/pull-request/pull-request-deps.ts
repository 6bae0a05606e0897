import type { Database } from "../../../platform/db/open-database.ts";
import type { OpenPullRequestForge } from "../../integration/index.ts";
import type { Effect, EffectAnswer } from "../../workflow/index.ts";
import type { RepairDeps } from "../repair-deps.ts";
import type { OpenCheckout } from "./checkout-port.ts";

/** What pull requests need from outside, put together by the composition root. */
export interface PullRequestDeps extends Omit<RepairDeps, "database"> {
  readonly database: Pick<Database, "db" | "transaction">;
  readonly openPullRequestForge: OpenPullRequestForge;
  readonly openCheckout: OpenCheckout;
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

/** What the step of an execution gives: the only way out, and its log. What a vendor refuses it throws as EffectRefused. */
export interface StepIn {
  effect(effect: Effect): Promise<EffectAnswer>;
  progress(message: string): void;
}
