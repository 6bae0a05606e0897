import type { ActionDescription } from "@culprit/contract";
import { createContext } from "react";
import type { RunState } from "../ui/state-mark.tsx";

export interface GraphContext {
  readonly selectedId: string | null;
  readonly onSelect: (id: string) => void;
  readonly actions: ReadonlyMap<string, ActionDescription>;
  /** How a step stands in the execution that is looked at; nothing where none is. */
  readonly stateOf?: ((id: string) => RunState | undefined) | undefined;
}

export const graphContext = createContext<GraphContext>({
  selectedId: null,
  onSelect: () => undefined,
  actions: new Map(),
});
