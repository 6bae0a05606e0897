import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncidentDetail } from "@culprit/contract";
import { type DemoArguments, readArguments, usage } from "./arguments.ts";
import { judge } from "./judge.ts";
import { play } from "./play.ts";

/** The demo: a shop with a planted fault, real traffic, and Culprit's answer compared with the truth at the end. */
async function main(): Promise<number> {
  let args: DemoArguments;
  try {
    args = readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return 2;
  }
  if (args.isHelp) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const startedAtMs = performance.now();
  const seconds = () => (performance.now() - startedAtMs) / 1000;
  const say = (line: string) => process.stderr.write(`[${seconds().toFixed(1).padStart(5)} s] ${line}\n`);
  const stopping = new AbortController();
  let stoppedWith = 130;
  for (const [name, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const, ["SIGHUP", 129] as const])
    process.on(name, () => {
      stoppedWith = code;
      stopping.abort();
    });
  // npm does not always hand a SIGTERM on: where what started the demo under npm is gone, the demo ends as well.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => process.ppid !== parent && stopping.abort(), 500).unref();

  const undos: (() => Promise<void>)[] = [];
  const undoOne = (undo: () => Promise<void>) => undo().catch((error: unknown) => say(`clean-up: ${error}`));
  let isUndoing = false;
  const cleanup = {
    add: (undo: () => Promise<void>) => {
      // What is started while everything ends has to end as well.
      if (isUndoing) void undoOne(undo);
      else undos.push(undo);
    },
  };
  const makeFolder = async (name: string) => {
    const folder = await mkdtemp(join(await realpath(tmpdir()), name));
    cleanup.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  };
  try {
    const folder = await makeFolder("culprit-demo-");
    const truthFile = join(await makeFolder("culprit-truth-"), "truth.json");
    const stopped = new Promise<null>((resolve) => stopping.signal.addEventListener("abort", () => resolve(null)));
    const played = await Promise.race([
      play({ ...args, folder, truthFile, say, signal: stopping.signal, cleanup }),
      stopped,
    ]);
    if (played === null || stopping.signal.aborted) return stoppedWith;
    const { answer, isRight, reason } = judge(played.incidents, played.truth, seconds(), played.branchTip);

    say(
      answer.incident_id
        ? `Culprit says: ${answer.hypothesis ?? "nothing"} (${answer.verdict ?? "no verdict"})`
        : "Culprit opened no incident",
    );
    for (const line of describeProofs(played.incidents)) say(line);
    for (const line of describePullRequests(played.incidents)) say(line);
    say(isRight ? "that is right" : `that is wrong: ${reason}`);
    if (!isRight) for (const line of describeHypotheses(played.incidents, played.truth.culprit_commit)) say(line);
    if (args.isJson) process.stdout.write(`${JSON.stringify(answer)}\n`);
    else process.stdout.write(`${describe(answer, isRight)}\n`);
    if (!args.isOnce) {
      process.stderr.write(`\nCulprit runs at ${played.culprit.url}\n`);
      process.stderr.write(`Sign in (once): ${played.culprit.loginLink}\n`);
      process.stderr.write("Ctrl-C stops it and removes everything.\n");
      await played.linger();
    }
    return isRight ? 0 : 1;
  } catch (error) {
    process.stderr.write(`the demo failed: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    isUndoing = true;
    stopping.abort();
    for (const undo of undos.reverse()) await undoOne(undo);
  }
}

/** What became of each patch, with the reason: what one needs to see why there is no proof. */
function describeProofs(incidents: readonly IncidentDetail[]): string[] {
  return incidents.flatMap(({ autopsy }) => {
    if (autopsy === null) return [];
    const steps = autopsy.proof_steps.filter(({ outcome }) => outcome === "failed" && autopsy.proof !== "green");
    return [
      `proof ${autopsy.proof} (${autopsy.proposer}): ${autopsy.proof_reason}`,
      ...steps.map(({ name, log }) => `  ${name}: ${log.trim().split("\n").at(-1) ?? ""}`.slice(0, 300)),
    ];
  });
}

/** What became of each pull request. */
function describePullRequests(incidents: readonly IncidentDetail[]): string[] {
  return incidents.flatMap(({ pull_request: { last_decision: last } }) =>
    last === null ? [] : [`pull request (the forge is a fake on this machine, the branch is real): ${last.reason}`],
  );
}

/** All hypotheses with their arguments, the planted commit marked: what one needs to see why an answer is wrong. */
function describeHypotheses(incidents: readonly IncidentDetail[], planted: string | null): string[] {
  return incidents.flatMap(({ title, hypotheses }) => [
    `  ${title}`,
    ...hypotheses.flatMap((one) => [
      `  ${one.commit_sha !== null && one.commit_sha === planted ? "→" : " "} ${one.confidence.toFixed(2)} ${one.title}`,
      ...one.for.map(({ text }) => `         + ${text}`),
      ...one.against.map(({ text }) => `         - ${text}`),
    ]),
  ]);
}

function describe(answer: ReturnType<typeof judge>["answer"], isRight: boolean): string {
  const rows: [string, string | null][] = [
    ["incident", answer.title],
    ["hypothesis", answer.hypothesis],
    [
      "verdict",
      answer.verdict &&
        `${answer.verdict}${answer.confidence === null ? "" : `, confidence ${answer.confidence.toFixed(2)}`}`,
    ],
    ["culprit", answer.culprit_commit],
    ["planted", answer.expected_commit ?? "none"],
    ["patch", answer.patch_applies ? `applies, proof ${answer.proof}` : "none"],
    ["pull", answer.pull_request && `${answer.pull_request.url} (a fake forge), ${answer.pull_request.branch}`],
    ["answer", `${isRight ? "right" : "wrong"} after ${answer.seconds} s`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(11)} ${value ?? "none"}`).join("\n");
}

process.exitCode = await main();
// Keep-alive sockets of the traffic may still be open; nothing waits for them.
process.exit();
