import type pg from "pg";
import { AREAS } from "./areas.ts";
import {
  describeDeviations,
  describeDocumentSchemas,
  describeQuerying,
  describeStatuses,
} from "./describe-documents.ts";
import { describeTable } from "./describe-table.ts";
import { entityDiagram } from "./entity-diagram.ts";
import { anchorOf, code, linkTo, plain, table } from "./markdown.ts";
import { type Catalogue, type Relation, readCatalogue } from "./read-catalogue.ts";
import { readStatusWords } from "./read-status-words.ts";

/** The text of docs/schema.md below its introduction, for the migrated database behind `pool`. @throws Error for a table that no area has. */
export async function schemaPage(pool: pg.Pool): Promise<string> {
  const catalogue = await readCatalogue(pool);
  const areas = AREAS.map((area) => ({ ...area, relations: area.tables.map((name) => find(catalogue, name)) }));
  const placed = new Set(AREAS.flatMap(({ tables }) => tables));
  const lost = catalogue.relations.filter(({ schema, name }) => schema === "public" && !placed.has(name));
  if (lost.length > 0)
    throw new Error(`no area of areas.ts has ${lost.map(({ name }) => name).join(", ")}: put each into one`);
  const sections: readonly (readonly [string, string])[] = [
    ["Asking in a document's words", describeQuerying()],
    ["Status words", describeStatuses(await readStatusWords(pool))],
    ...areas.map(({ title, intro, relations }) => [title, describeArea(intro, relations, catalogue)] as const),
    ["Functions", describeFunctions(catalogue)],
    ["Roles", describeRoles(catalogue)],
    ["The documents' schemas", describeDocumentSchemas(catalogue)],
    ["Deviations", describeDeviations()],
  ];
  const contents = sections.map(([title]) => {
    const links = (areas.find((area) => area.title === title)?.relations ?? []).map(linkTo);
    return `- [${title}](#${anchorOf(title)})${links.length === 0 ? "" : `: ${links.join(", ")}`}`;
  });
  return [contents.join("\n"), ...sections.map(([title, body]) => `## ${title}\n\n${body}`)].join("\n\n");
}

function find({ relations }: Catalogue, name: string): Relation {
  const found = relations.find((one) => one.schema === "public" && one.name === name);
  if (found === undefined) throw new Error(`areas.ts has ${name}, which is no table or view: take it out`);
  return found;
}

function describeArea(intro: string, relations: readonly Relation[], catalogue: Catalogue): string {
  const tables = relations.filter(({ kind }) => kind === "table");
  return [intro, entityDiagram(tables, catalogue.relations), ...relations.map(describeTable)].join("\n\n");
}

function describeFunctions({ functions }: Catalogue): string {
  return table(
    ["function", "returns", "what it does", "from"],
    functions.map(({ name, returns, runsAsOwner, purpose, documents }) => [
      code(name),
      code(returns),
      `${plain(purpose)}${runsAsOwner ? " Runs with the rights of its owner." : ""}`,
      documents.join(", "),
    ]),
  );
}

function describeRoles({ relations }: Catalogue): string {
  const tables = relations.filter(({ schema, kind }) => schema === "public" && kind === "table");
  const names = (which: (table: Relation) => boolean) => tables.filter(which).map(linkTo).join(", ");
  const isClosed = ({ tenantMay }: Relation) => tenantMay.length === 0;
  const isReadOnly = ({ tenantMay }: Relation) => tenantMay.length === 1;
  const isAppendOnly = ({ tenantMay }: Relation) => tenantMay.includes("INSERT") && !tenantMay.includes("UPDATE");
  const isSecret = ({ policies }: Relation) =>
    policies.length > 0 && !policies.some(({ name }) => name === "reader_policy");
  return [
    table(
      ["role", "who", "what it sees"],
      [
        ["the owner of the database", "migrations, partitions, retention, backups", "everything; no policy holds it"],
        [code("culprit_engine"), "intake and workers", "every row; owns nothing, changes no table"],
        [
          code("culprit_tenant"),
          "requests of people and keys",
          `the projects of \`culprit.user_id\` and \`culprit.project_id\`, which are set for one transaction; closed to it: ${names(isClosed)}`,
        ],
        [
          "a reader, by `culprit db grant-readonly`",
          "dashboards, people with psql",
          `every row, to read only; nothing of ${names(isSecret)}`,
        ],
      ],
    ),
    `A tenant may only read ${names(isReadOnly)}, and only read and add to ${names(isAppendOnly)}. Where neither a user nor a project is set, it sees no row of any table.`,
    "Views run with the rights of who asks. Materialised views and single partitions know no policies and are closed to tenants: they are read through the views and tables above them.",
  ].join("\n\n");
}
