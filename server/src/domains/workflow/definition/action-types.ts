import type { Action } from "../action.ts";
import { controlSteps } from "./control-steps.ts";

/** All of an action but its doing: what checks and forms need. Every catalogue is one. */
export type ActionType = Omit<Action<never>, "run">;
export type ActionTypes = ReadonlyMap<string, ActionType>;

/** Every name that `uses` may have. */
export function usableNames(actions: ActionTypes): readonly string[] {
  return [...actions.keys(), ...Object.keys(controlSteps)];
}
