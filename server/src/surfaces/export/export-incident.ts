import type { ExportFormat, IncidentDetail } from "@culprit/contract";
import { type Handover, writeIncidentDocument } from "../../analysis/report/write-incident-document.ts";
import { renderReportHtml } from "../../domains/investigation/index.ts";
import { writePdf } from "../../platform/pdf/write-pdf.ts";
import { markdownToBlocks } from "./markdown-to-blocks.ts";

/** A file that can be handed to somebody who has no Culprit. */
export interface ExportedFile {
  readonly name: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ExportRequest {
  readonly incident: IncidentDetail;
  readonly handover: Handover | null;
  readonly url: string;
  readonly now: Date;
}

/** An incident as a file of the wanted format; the same content in each. */
export async function exportIncident(request: ExportRequest, format: ExportFormat): Promise<ExportedFile> {
  const { incident, handover, url, now } = request;
  const exportedAt = now.toISOString();
  const file = (ending: string, contentType: string, body: string | Buffer): ExportedFile => ({
    name: `${incident.id}.${ending}`,
    ...{ contentType, body: Buffer.isBuffer(body) ? body : Buffer.from(body) },
  });
  if (format === "json") {
    const answer = handover === null ? null : answerOf(handover);
    const content = { format: "culprit-incident/1", exported_at: exportedAt, url, incident, autopsy_result: answer };
    return file("json", "application/json; charset=utf-8", `${JSON.stringify(content, null, 2)}\n`);
  }
  const markdown = writeIncidentDocument({ incident, handover, url, exportedAt });
  switch (format) {
    case "markdown":
      return file("md", "text/markdown; charset=utf-8", markdown);
    case "html":
      return file("html", "text/html; charset=utf-8", page(incident.title, renderReportHtml(markdown)));
    case "pdf":
      return file(
        "pdf",
        "application/pdf",
        await writePdf({
          ...{ title: incident.title, footer: `${incident.id}  ${incident.title}`, createdAt: now },
          blocks: markdownToBlocks(markdown),
          // With it nothing is lost of what the standard fonts can't show.
          attachment: { name: `${incident.id}.md`, mime: "text/markdown", content: Buffer.from(markdown) },
        }),
      );
  }
}

/** In the words of document 1's table. */
function answerOf({ rootCause, prompt, steps, confidence, model }: Handover) {
  return {
    ...{ root_cause: rootCause, ai_fix_prompt: prompt, manual_steps: steps },
    ...{ confidence_score: confidence, model_used: model },
  };
}

const style = `body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem;border-top:1px solid #ddd;padding-top:1rem}h3{font-size:1rem}
pre{background:#f5f5f4;padding:.75rem;overflow:auto;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
li,p{overflow-wrap:anywhere}code{font-family:ui-monospace,monospace;font-size:.9em}
@media(prefers-color-scheme:dark){body{color:#e7e5e4;background:#1c1917}pre{background:#292524}h2{border-color:#44403c}}`;

/** One file that calls nobody: its style is in it, and it has no script. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>
${body}</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
