import { z } from "zod";
import type { IntegrationType, Provider } from "../domains/integration/index.ts";

const repeatWords = {
  idempotent: "harmless: the vendor takes a key",
  lookup: "looked up before",
  atMostOnce: "never: what is uncertain waits for a person",
} as const;

/** The table of docs/integrations.md: what each provider does, asks for and leaves out, by title. */
export function integrationsTable(providers: ReadonlyMap<IntegrationType, Provider>): string {
  const rows = [...providers.values()].sort((a, b) => (a.title < b.title ? -1 : 1)).map(rowOf);
  return [
    "| integration | does | a repeat is | at most | to enter | not supported, and why |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function rowOf(provider: Provider): string {
  const { type, title, incoming, outgoing, tickets, config, credentials, notSupported } = provider;
  const does = [
    ...(incoming === undefined ? [] : ["in"]),
    ...(outgoing === undefined ? [] : [outgoing.update === undefined ? "messages" : "messages, changed in place"]),
    ...(tickets === undefined ? [] : ["tickets, comments"]),
  ];
  const repeat = outgoing?.repeat ?? tickets?.repeat;
  const rate = outgoing === undefined ? "" : rateOf(outgoing.rate);
  const enter = [...fieldsOf(config), ...fieldsOf(credentials).map((field) => `**${field}**`)].join(", ");
  const cells = [
    `${title} \`${type}\``,
    does.join("; "),
    repeat === undefined ? "" : repeatWords[repeat],
    rate,
    enter,
    notSupported ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function rateOf({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }): string {
  const often = perSecond >= 1 ? `${perSecond} a second` : `${Math.round(perSecond * 60)} a minute`;
  return burst > 1 ? `${often}, ${burst} at once` : often;
}

/** The names of a form's fields, those that need not be filled in with a question mark. */
function fieldsOf(schema: z.ZodType): readonly string[] {
  const form = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.keys(form.properties ?? {}).map((name) => (form.required?.includes(name) === true ? name : `${name}?`));
}
