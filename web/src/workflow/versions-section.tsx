import type { WorkflowDetail, WorkflowVersionList } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readVersion, readVersions } from "../api/workflow-requests.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { DiffLines } from "../ui/diff-lines.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Chevron } from "../ui/icons.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

interface VersionsSectionProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
  readonly onEdit: (yaml: string) => void;
}

/** The versions that a workflow had, each with what it changed, and a way back to it. */
export function VersionsSection({ projectId, workflow, onEdit }: VersionsSectionProps) {
  const versions = useQuery({
    queryKey: ["workflow-versions", projectId, workflow.id, workflow.version],
    queryFn: ({ signal }) => readVersions(projectId, workflow.id, signal),
  });
  return (
    <Section id="versions" title="Versions" aside={`version ${workflow.version} runs now`}>
      {versions.error && <FailureNote error={versions.error} />}
      <ul className="overflow-hidden rounded-lg border border-line bg-panel empty:hidden">
        {versions.data?.items.map((version) => (
          <li key={version.version} className="border-t border-line px-4 first:border-0">
            <Version projectId={projectId} workflowId={workflow.id} version={version} onEdit={onEdit} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface VersionProps {
  readonly projectId: string;
  readonly workflowId: string;
  readonly version: WorkflowVersionList["items"][number];
  readonly onEdit: (yaml: string) => void;
}

function Version({ projectId, workflowId, version, onEdit }: VersionProps) {
  const [isOpen, setOpen] = useState(false);
  const detail = useQuery({
    queryKey: ["workflow-version", projectId, workflowId, version.version],
    queryFn: ({ signal }) => readVersion(projectId, workflowId, version.version, signal),
    enabled: isOpen,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="py-2">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-7 w-full flex-wrap items-center gap-x-3 gap-y-1 text-left text-[0.8125rem]"
      >
        <Chevron />
        <span className="font-semibold">Version {version.version}</span>
        {version.is_current && <Tag>Current</Tag>}
        <span className="ml-auto text-xs text-ink-3">
          {version.created_by && <span className="[overflow-wrap:anywhere]">{version.created_by}, </span>}
          <Time at={version.created_at} />
        </span>
      </button>
      {isOpen && (
        <div className="mt-2 mb-2 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
          {detail.error && <FailureNote error={detail.error} />}
          {detail.data && (
            <>
              <DiffLines lines={detail.data.diff} label={`What version ${version.version} changed`} />
              {!version.is_current && (
                <div>
                  <Button onClick={() => onEdit(detail.data.yaml)}>Edit from this version</Button>
                </div>
              )}
            </>
          )}
        </div>
      )}
    </div>
  );
}
