import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caseDiagnosisSchema } from "@culprit/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { diagnose } from "./diagnose.ts";

/** A table in which the processor of one service jumps at second 60. */
async function writeCase(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-diagnose-"));
  const rows = Array.from({ length: 90 }, (_, at) => {
    const noise = 1 + 0.05 * Math.sin(at * 7.3);
    return [1000 + at, 2 * noise, (at < 60 ? 1 : 40) * noise, 3 * noise].join(",");
  });
  await writeFile(join(folder, "data.csv"), ["time,a_cpu,b_cpu,c_cpu", ...rows].join("\n"));
  await writeFile(join(folder, "inject_time.txt"), "1060");
  return folder;
}

async function run(flags: Readonly<Record<string, string | boolean>>, words: readonly string[]): Promise<string[]> {
  const printed: string[] = [];
  const ctx = { print: (line: string) => void printed.push(line) } as unknown as CommandContext;
  expect(await diagnose.run(ctx, { flags, words })).toBe(0);
  return printed;
}

test("each folder gets one line of JSON of the documented shape, in which every cited piece of evidence is to be found", async () => {
  const folder = await writeCase();
  try {
    const lines = await run({ json: true }, [folder, folder]);
    expect(lines).toHaveLength(2);
    const answer = caseDiagnosisSchema.parse(JSON.parse(lines[0] ?? ""));
    expect([answer.case, answer.causes[0]?.service, answer.causes[0]?.metric]).toEqual([folder, "b", "cpu"]);
    const { evidence, causes } = JSON.parse(lines[0] ?? "") as {
      evidence: { id: string; ref: string; for?: string; against?: string }[];
      causes: { evidence: string[] }[];
    };
    const ids = new Set(evidence.map(({ id }) => id));
    expect(ids.size).toBe(evidence.length);
    for (const id of causes.flatMap((cause) => cause.evidence)) expect(ids).toContain(id);
    for (const one of evidence) expect([one.for, one.against].filter((side) => side !== undefined)).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("people get the component, why, and what is missing", async () => {
  const folder = await writeCase();
  try {
    const text = (await run({}, [folder])).join("\n");
    expect(text).toMatch(/1 {2}b +cpu/);
    expect(text).toContain("Why b:");
    expect(text).toContain("Who calls whom is not known");
  } finally {
    await rm(folder, { recursive: true });
  }
});
