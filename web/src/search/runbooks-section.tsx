import type { Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readRunbooks, removeRunbook, saveRunbook } from "../api/search-requests.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { areaLook, fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { SaveForm } from "../ui/save-form.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

/** The runbooks of a project: what there is, one more, one fewer. */
export function RunbooksSection({ project }: { readonly project: Project }) {
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["runbooks", project.id] });
  const { data, error } = useQuery({
    queryKey: ["runbooks", project.id],
    queryFn: ({ signal }) => readRunbooks(project.id, signal),
  });
  const remove = useMutation({ mutationFn: (id: string) => removeRunbook(project.id, id), onSettled: refresh });
  return (
    <Section
      id="runbooks"
      title="All runbooks"
      aside={
        <Button className="ml-auto" onClick={() => setAdding(true)}>
          Add a runbook
        </Button>
      }
    >
      {error && <FailureNote error={error} />}
      {remove.error && <FailureNote error={remove.error} />}
      {data && data.items.length === 0 && (
        <EmptyPart>
          There is none yet. Add one here, or keep them as Markdown in the repository. An investigation quotes the one
          that fits.
        </EmptyPart>
      )}
      {data && data.items.length > 0 && (
        <ul aria-label="Runbooks" className="overflow-hidden rounded-lg border border-line bg-panel">
          {data.items.map((runbook) => (
            <li
              key={runbook.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2 first:border-0"
            >
              <span className="min-w-0 flex-1 basis-60">
                <span className="block font-medium [overflow-wrap:anywhere]">
                  {runbook.source_url && /^https?:/.test(runbook.source_url) ? (
                    <a href={runbook.source_url} className="link" rel="noreferrer" target="_blank">
                      {runbook.title}
                    </a>
                  ) : (
                    runbook.title
                  )}
                </span>
                <span className="block text-xs text-ink-3 [overflow-wrap:anywhere]">
                  {[runbook.service_key ?? "for all services", runbook.repository_path].filter(Boolean).join(", ")},
                  changed <Time at={runbook.updated_at} />
                </span>
              </span>
              {runbook.tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
              {runbook.repository_path === null && (
                <Button
                  look="quiet"
                  aria-label={`Remove ${runbook.title}`}
                  disabled={remove.isPending}
                  onClick={() => remove.mutate(runbook.id)}
                >
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data?.next_cursor && <p className="mt-1 text-xs text-ink-3">The first 100; the rest is at /api/runbooks.</p>}
      <Dialog title="A new runbook" isOpen={isAdding} onClose={() => setAdding(false)} isWide>
        <RunbookForm
          project={project.id}
          onSaved={() => {
            setAdding(false);
            void refresh();
          }}
        />
      </Dialog>
    </Section>
  );
}

function RunbookForm({ project, onSaved }: { readonly project: string; readonly onSaved: () => void }) {
  const [title, setTitle] = useState("");
  const [content, setContent] = useState("");
  const [service, setService] = useState("");
  const save = useMutation({
    mutationFn: () =>
      saveRunbook(project, { title, content, ...(service.trim() === "" ? {} : { service_key: service.trim() }) }),
    onSuccess: onSaved,
  });
  return (
    <SaveForm words="Save the runbook" saving={save}>
      <Labelled label="Title">
        <input
          required
          maxLength={300}
          className={fieldLook}
          value={title}
          onChange={(e) => setTitle(e.target.value)}
        />
      </Labelled>
      <Labelled label="Service" note="optional">
        <input
          className={`${fieldLook} font-mono`}
          placeholder="default/production/cart"
          value={service}
          onChange={(e) => setService(e.target.value)}
        />
      </Labelled>
      <Labelled label="What to do, in Markdown">
        <textarea
          required
          rows={12}
          className={`${areaLook} font-mono text-xs`}
          value={content}
          onChange={(e) => setContent(e.target.value)}
        />
      </Labelled>
      <p className="text-xs text-ink-3">One of the same title is replaced.</p>
    </SaveForm>
  );
}
