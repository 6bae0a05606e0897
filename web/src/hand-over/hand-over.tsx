import { type ExportFormat, exportFormats, type IncidentDetail } from "@culprit/contract";
import { useState } from "react";
import { editorLink } from "../lib/editor-link.ts";
import { Button, buttonLook } from "../ui/button.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { EditorForm } from "./editor-form.tsx";
import { useEditor } from "./use-editor.ts";

const formatNames: Readonly<Record<ExportFormat, string>> = {
  markdown: "Markdown",
  html: "HTML",
  json: "JSON",
  pdf: "PDF",
};

/** Ways out of Culprit: the editor, a checkout, a file. */
export default function HandOver({ incident }: { readonly incident: IncidentDetail }) {
  const path = `/api/incidents/${encodeURIComponent(incident.id)}/export`;
  return (
    <Section id="hand-over" title="Hand over">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 text-[0.8125rem]">
        <InEditor incident={incident} />
        {incident.autopsy?.patch_diff && (
          <div>
            <p className="mb-1 text-ink-2">
              In a checkout of the repository, with an API key of the project in CULPRIT_API_KEY:
            </p>
            <Snippet text={`culprit fix ${incident.id} --server ${location.origin} --apply`} label="the command" />
          </div>
        )}
        <div>
          <p className="mb-1 text-ink-2">
            {incident.autopsy?.patch_diff ? "As a file, with evidence and patch:" : "As a file, with its evidence:"}
          </p>
          <p className="flex flex-wrap gap-1.5">
            {exportFormats.map((format) => (
              <a key={format} href={`${path}?format=${format}`} download className={buttonLook("plain")}>
                {formatNames[format]}
              </a>
            ))}
          </p>
        </div>
      </div>
    </Section>
  );
}

function InEditor({ incident }: { readonly incident: IncidentDetail }) {
  const { setting, set } = useEditor(incident.project_id);
  const [isAsked, setAsked] = useState(false);
  const place = placeOf(incident);
  if (place === null) return null;
  const link = setting === null ? null : editorLink(setting, place);
  if (link === null || isAsked)
    return (
      <Fold summary="Open in your editor" isOpen={isAsked}>
        <EditorForm
          setting={setting}
          onSave={(chosen) => {
            set(chosen);
            setAsked(false);
          }}
        />
      </Fold>
    );
  return (
    <p className="flex flex-wrap items-center gap-2">
      <a href={link} className={buttonLook("plain")}>
        Open in {setting?.editor === "cursor" ? "Cursor" : "VS Code"}
      </a>
      <Button look="quiet" onClick={() => setAsked(true)}>
        Change
      </Button>
    </p>
  );
}

/** Where it failed: the innermost own frame whose file is in the repository, else the place of the incident. */
function placeOf({ frames, file_path: path, line_number: line, column_number: column }: IncidentDetail) {
  const frame = frames.find((one) => one.code !== null);
  if (frame?.code) return { path: frame.code.path, line: frame.line, column: frame.column };
  return path === null ? null : { path, line, column };
}
