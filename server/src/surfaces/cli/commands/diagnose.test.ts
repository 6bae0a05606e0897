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

async function run(
  flags: Readonly<Record<string, string | boolean>>,
  words: readonly string[],
  code = 0,
): Promise<string[]> {
  const printed: string[] = [];
  const ctx = {
    print: (line: string | readonly string[]) => void printed.push(...[line].flat()),
  } as unknown as CommandContext;
  expect(await diagnose.run(ctx, { flags, words })).toBe(code);
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

test("of several folders a bad one gives its error, the others their answers, and the exit code tells", async () => {
  const folder = await writeCase();
  const slip = await mkdtemp(join(tmpdir(), "culprit-diagnose-"));
  try {
    const time = { from: "2026-03-04T09:00:00Z", to: "2026-03-04T10:00:00Z" };
    const incident = { from: "2026-03-04T10:00:00Z", to: "2026-03-04T10:15:00Z" };
    await writeFile(
      join(slip, "case.json"),
      JSON.stringify({ format: "culprit", version: 1, baseline: time, incident, target: { component: "wbe" } }),
    );
    await writeFile(join(slip, "edges.csv"), "from,to\nweb,db\n");
    const lines = (await run({ json: true }, [folder, slip, folder], 1)).map(
      (line) => JSON.parse(line) as { case: string; error?: { code: string; message: string } },
    );
    expect(lines.map(({ case: name, error }) => [name, error?.code])).toEqual([
      [folder, undefined],
      [slip, "INVALID_REQUEST"],
      [folder, undefined],
    ]);
    expect(lines[1]?.error?.message).toMatch(/target\.component is "wbe".*There is db, web/);
    const text = (await run({}, [slip, folder], 1)).join("\n");
    expect(text).toContain(`${slip}: INVALID_REQUEST: `);
    expect(text).toContain("Why b:");
  } finally {
    await Promise.all([folder, slip].map((path) => rm(path, { recursive: true })));
  }
});

test("what speaks against a cause is printed with its sentence, and in JSON with the rule that says it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "culprit-diagnose-"));
  try {
    // It fails for a moment and is as usual again before the end.
    const rows = Array.from({ length: 90 }, (_, at) => {
      const noise = 1 + 0.05 * Math.sin(at * 7.3);
      return [1000 + at, 2 * noise, (at >= 60 && at < 68 ? 40 : 1) * noise, 3 * noise].join(",");
    });
    await writeFile(join(folder, "data.csv"), ["time,a_cpu,b_cpu,c_cpu", ...rows].join("\n"));
    await writeFile(join(folder, "inject_time.txt"), "1060");
    const text = (await run({}, [folder])).join("\n");
    expect(text).toMatch(/\nAgainst it:\n {2}- b .*; this holds it at 0\.45 at most/);
    const { evidence } = JSON.parse((await run({ json: true }, [folder]))[0] ?? "") as {
      evidence: { rule?: string; against?: string; hypothesis: string; text: string }[];
    };
    expect(evidence.find(({ rule }) => rule === "trouble_passed")).toMatchObject({
      against: "b",
      hypothesis: expect.stringContaining("b "),
      text: expect.stringContaining("at most"),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("what speaks against a change that is not blamed is printed too: a release before a surge of traffic from outside", async () => {
  const folder = await mkdtemp(join(tmpdir(), "culprit-diagnose-"));
  try {
    const at = (minute: number) => new Date(Date.parse("2026-03-04T09:00:00Z") + minute * 60_000).toISOString();
    const rows = Array.from({ length: 75 }, (_, minute) => {
      const level = (before: number, during: number) =>
        ((minute < 60 ? before : during) * (1 + 0.02 * Math.sin(minute * 2.3))).toFixed(4);
      return [
        `${at(minute)},gateway,requests_per_second,${level(8, 130)}`,
        `${at(minute)},gateway,request_duration_p99,${level(0.15, 1.9)}`,
        `${at(minute)},stock,request_duration_p99,${level(0.18, 5)}`,
        `${at(minute)},stock,errors_per_second,${level(0.05, 12)}`,
        `${at(minute)},stock,pool_pending_requests,${level(0.5, 300)}`,
      ];
    }).flat();
    await writeFile(join(folder, "metrics.csv"), ["time,component,metric,value", ...rows].join("\n"));
    await writeFile(join(folder, "edges.csv"), "from,to\ngateway,stock\n");
    await writeFile(
      join(folder, "changes.json"),
      JSON.stringify([{ id: "c1", kind: "deployment", at: at(35), component: "stock", title: "stock 1.4.0" }]),
    );
    await writeFile(
      join(folder, "case.json"),
      JSON.stringify({
        ...{ format: "culprit", version: 1, target: { component: "gateway" } },
        ...{ baseline: { from: at(0), to: at(60) }, incident: { from: at(60), to: at(75) } },
      }),
    );
    const text = (await run({}, [folder])).join("\n");
    expect(text).toMatch(/cause: More traffic than usual at gateway/);
    expect(text).toMatch(
      /\nAgainst others:\n(?: {2}- .*\n)*? {2}- the traffic at gateway rose .* \(about "stock 1\.4\.0/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
