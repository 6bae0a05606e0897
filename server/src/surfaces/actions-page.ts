import type { ActionDescription } from "@culprit/contract";

const groups: Readonly<Record<ActionDescription["group"], string>> = {
  incident: "Incidents",
  pull_request: "Pull requests",
  code: "Code",
  people: "People and tickets",
  data: "Data",
  upkeep: "Upkeep of Culprit itself",
  control: "Steps that steer others",
};

const repeats: Readonly<Record<ActionDescription["repeat"], string>> = {
  none: "changes nothing outside Culprit, so a repeat does no harm",
  idempotent: "the other side makes one effect of two tries",
  lookup: "what an earlier try made is looked up before another",
  atMostOnce: "never tried again once it may have happened; then it is `unknown` until a person settles it",
};

/** Every action with what it takes and gives, as Markdown. */
export function actionsPage(actions: readonly ActionDescription[]): string {
  const lines: string[] = [];
  for (const [group, heading] of Object.entries(groups)) {
    const own = actions.filter((action) => action.group === group);
    if (own.length === 0) continue;
    lines.push(`## ${heading}`, "");
    for (const action of own) lines.push(...sectionOf(action));
  }
  return lines.join("\n").trimEnd();
}

function sectionOf({
  name,
  title,
  summary,
  input,
  output,
  repeat,
  is_heavy: isHeavy,
  has_steps: hasSteps,
}: ActionDescription): string[] {
  const heavy = isHeavy ? " It is heavy work: only as many run at once as the setting `workers` says." : "";
  const steps = hasSteps ? " It holds `steps`." : "";
  return [
    `### \`${name}\``,
    "",
    `${title}. ${summary}${steps}${heavy}`,
    "",
    `After a crash: ${repeats[repeat]}.`,
    "",
    ...fieldTable("input", input),
    ...fieldTable("output", output),
  ];
}

function fieldTable(heading: string, schema: Readonly<Record<string, unknown>>): string[] {
  const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  if (properties.length === 0) return heading === "input" ? ["No input.", ""] : [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  const isInput = heading === "input";
  const rows = properties.map(([name, value]) => {
    const field = isRecord(value) ? value : {};
    const notes = [
      isInput && required.includes(name) ? "required" : null,
      field.default === undefined || !isInput ? null : `default \`${JSON.stringify(field.default)}\``,
      typeof field.description === "string" ? field.description : null,
    ].filter((note) => note !== null);
    return `| \`${name}\` | ${typeOf(field)} | ${cell(notes.join("; "))} |`;
  });
  return [`| ${heading} | type | |`, "|---|---|---|", ...rows, ""];
}

function typeOf(schema: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(schema.enum)) return cell(schema.enum.map((one) => `\`${String(one)}\``).join(", "));
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : null;
  if (choices !== null)
    return [...new Set(choices.map((choice) => (isRecord(choice) ? typeOf(choice) : "any")))].join(" or ");
  if (schema.type === "array") return `list of ${isRecord(schema.items) ? typeOf(schema.items) : "any"}`;
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  return typeof schema.type === "string" ? schema.type.replace("object", "map") : "any";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
