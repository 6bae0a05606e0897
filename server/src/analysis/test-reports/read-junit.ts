import type { FailedTest, TestReport } from "./test-report.ts";

/** Reads JUnit's XML, which Surefire, pytest and PHPUnit write; several documents one after the other are read as one. */
export function readJUnit(xml: string): TestReport {
  const passing: string[] = [];
  const failing: FailedTest[] = [];
  // What a test printed may hold anything, also elements.
  const printed = /<system-(?:out|err)\b[^>]*>[\s\S]*?<\/system-(?:out|err)>/g;
  const text = xml.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, raw: string) => escaped(raw)).replace(printed, "");
  for (const [, attributes = "", body = ""] of text.matchAll(
    /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  )) {
    const name = [attributeOf(attributes, "classname"), attributeOf(attributes, "name")].filter(Boolean).join(".");
    const [failure] = /<(?:failure|error)\b[\s\S]*/.exec(body) ?? [];
    if (failure !== undefined) failing.push({ name, text: plain(failure.replace(/<\/?\w+/g, "")) });
    else if (!/<skipped\b/.test(body)) passing.push(name);
  }
  return { passing, failing };
}

function attributeOf(attributes: string, name: string): string {
  return plain(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function plain(text: string): string {
  return text.replace(/&(?:(lt|gt|quot|apos|amp)|#(x[\da-f]+|\d+));/gi, (whole, name?: string, code?: string) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const point = code?.startsWith("x") ? Number.parseInt(code.slice(1), 16) : Number(code);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
