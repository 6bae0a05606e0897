import { wordsOf } from "../lib/json-schema.ts";

/** The condition or matcher that decided, with the values it saw. */
export function SeenValues({ details }: { readonly details: Readonly<Record<string, unknown>> }) {
  return (
    <dl className="grid max-w-full grid-cols-[minmax(4rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
      {Object.entries(details).map(([name, value]) => (
        <Entry key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Entry({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (name === "values" && typeof value === "object" && value !== null) {
    return Object.entries(value).map(([path, seen]) => (
      <Row key={path} name={path} isCode text={JSON.stringify(seen) ?? "nothing"} />
    ));
  }
  return <Row name={wordsOf(name)} text={typeof value === "string" ? value : (JSON.stringify(value) ?? "")} />;
}

function Row({
  name,
  text,
  isCode = false,
}: {
  readonly name: string;
  readonly text: string;
  readonly isCode?: boolean;
}) {
  return (
    <>
      <dt className={isCode ? "font-mono text-ink-2 [overflow-wrap:anywhere]" : "text-ink-3"}>{name}</dt>
      <dd className="line-clamp-6 font-mono [overflow-wrap:anywhere]" title={text}>
        {text}
      </dd>
    </>
  );
}
