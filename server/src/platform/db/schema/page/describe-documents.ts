import { DEVIATIONS } from "../deviations.ts";
import { columnTable } from "./describe-table.ts";
import { DOCUMENTS, type SchemaDocument } from "./documents.ts";
import { details, linkTo, plain, table } from "./markdown.ts";
import type { Catalogue, Relation } from "./read-catalogue.ts";
import type { StatusWords } from "./read-status-words.ts";

/** How to ask in each document's words. */
export function describeQuerying(): string {
  return DOCUMENTS.map(({ id, title, schema, about, example }) =>
    [
      `### ${id} ${title}`,
      about,
      `*${example.asks}*`,
      `\`\`\`sql\nSET search_path TO ${schema};\n${example.sql}\n\`\`\``,
    ].join("\n\n"),
  ).join("\n\n");
}

/** What each document calls a status. */
export function describeStatuses(words: readonly StatusWords[]): string {
  return table(
    ["canonical", "D1", "D2", "D4", "D5"],
    words.map((one) => [`**${one.canonical}**`, one.autopsy, one.triage, one.diagnosis, one.tracking]),
  );
}

/** The schemas of documents whose words differ from the tables', with their views. */
export function describeDocumentSchemas({ relations }: Catalogue): string {
  return DOCUMENTS.filter(({ schema }) => schema !== "public")
    .map((document) => {
      const views = relations.filter(({ schema }) => schema === document.schema);
      const bodies = views.map((view) => details(`${view.schema}.${view.name}`, columnTable(view)));
      return [`### Schema ${document.schema}`, summary(document, views, relations), ...bodies].join("\n\n");
    })
    .join("\n\n");
}

function summary({ id, title }: SchemaDocument, views: readonly Relation[], relations: readonly Relation[]): string {
  const behind = (view: Relation) => relations.find(({ schema, name }) => schema === "public" && name === view.name);
  const names = views.map((view) => linkTo(behind(view) ?? { name: view.name })).join(", ");
  return `${id} ${title}. Views of ${names}:`;
}

/** Compares the documents' definitions with the catalogue, and holds each deviation that shows there. */
const COMPARED_BY = "test/schema/differences.test.ts";

function testLink(path: string): string {
  return `[${path.split("/").at(-1)?.replace(".test.ts", "")}](../${path})`;
}

/** Every deviation of the schema from the documents' letter. */
export function describeDeviations(): string {
  return DOCUMENTS.map(({ id, title }) => {
    const rows = DEVIATIONS.filter(({ document }) => document === id);
    const body =
      rows.length === 0
        ? "None."
        : table(
            ["where", "the document", "the schema", "why", "held by"],
            rows.map(({ object, printed, stands, reason, heldBy = COMPARED_BY }) => [
              ...[object, printed, stands, reason].map(plain),
              testLink(heldBy),
            ]),
          );
    return `### Deviations from ${id} ${title}\n\n${body}`;
  }).join("\n\n");
}
