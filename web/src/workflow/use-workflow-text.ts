import type { WorkflowCheck, WorkflowDefinition } from "@culprit/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { checkWorkflow } from "../api/workflow-requests.ts";
import { useDebounced } from "../ui/use-debounced.ts";

export interface WorkflowText {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly check: WorkflowCheck | undefined;
  readonly isChecking: boolean;
  readonly error: Error | null;
  /** Of the text as it is, or of the last one that could be read. */
  readonly definition: WorkflowDefinition | null;
}

const delayMs = 350;

/** A text that is edited, checked by the server whenever the hand rests. */
export function useWorkflowText(projectId: string, initial: string, known: WorkflowDefinition | null): WorkflowText {
  const [text, setText] = useState(initial);
  const [definition, setDefinition] = useState(known);
  const settled = useDebounced(text, delayMs);
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    queryKey: ["workflow-check", projectId, settled],
    queryFn: ({ signal }) => checkWorkflow(projectId, settled, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  const read = data?.definition ?? null;
  useEffect(() => {
    if (read !== null && !isPlaceholderData) setDefinition(read);
  }, [read, isPlaceholderData]);
  return { text, setText, check: data, isChecking: settled !== text || isFetching, error, definition };
}
