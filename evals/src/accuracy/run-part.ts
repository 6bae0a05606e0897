import { spawn } from "node:child_process";
import { resolve } from "node:path";

const entry = resolve(import.meta.dirname, "../main.ts");

/** Another evaluation in a process of its own: what it prints, and the JSON object of its last line, or null where it gave none. */
export async function runPart(
  name: string,
  args: readonly string[] = [],
): Promise<{ text: string; figures: Record<string, unknown> | null }> {
  const child = spawn(process.execPath, [entry, name, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  await new Promise<void>((done, fail) => {
    child.on("error", fail);
    child.on("close", () => done());
  });
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) return { text, figures: null };
  const parsed: unknown = JSON.parse(last);
  return { text, figures: typeof parsed === "object" && parsed !== null ? { ...parsed } : null };
}
