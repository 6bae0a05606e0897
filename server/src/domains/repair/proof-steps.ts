import type { Autopsy, ProofProgress } from "@culprit/contract";
import { scrubText } from "../../analysis/scrub/index.ts";
import type { SandboxResult } from "./sandbox-port.ts";

export type ProofStep = Autopsy["proof_steps"][number];

/** Hears of every step as it begins and as it ends, so that people can watch. */
export type TellStep = (step: ProofProgress["proof_step"]) => void | Promise<void>;

const logCharactersMax = 16_000;

/** A step that runs now. */
export function begunStep(name: string, command: string): ProofProgress["proof_step"] {
  return { name, command, exit_code: null, duration_ms: 0, outcome: "running", log: "" };
}

/** A step that ran a command, as it is kept: its log cut in the middle. */
export function stepOf(name: string, command: string, result: SandboxResult, isAsWished: boolean): ProofStep {
  const ending = result.end === "exited" ? "" : `\n[ended: ${describeEnd(result)}]`;
  return {
    name,
    command,
    exit_code: result.exitCode,
    duration_ms: result.durationMs,
    outcome: isAsWished ? "passed" : "failed",
    log: boundedLog(result.log) + ending,
  };
}

/** A step of our own, without a command of the project. */
export function noteStep(
  name: string,
  command: string,
  outcome: ProofStep["outcome"],
  log: string,
  durationMs = 0,
): ProofStep {
  return { name, command, exit_code: null, duration_ms: Math.round(durationMs), outcome, log: boundedLog(log) };
}

/** Why a run ended, in words. */
export function describeEnd(result: SandboxResult): string {
  switch (result.end) {
    case "exited":
      return `exit code ${result.exitCode ?? "unknown"}`;
    case "timeout":
      return "it ran longer than its time limit";
    case "output_limit":
      return "it printed more than its output limit";
    case "memory_limit":
      return "it took more than its memory limit";
    case "process_limit":
      return "it started more processes than its limit";
    case "not_started":
      return "it could not be started";
  }
}

/** A log as it is kept: secrets struck out before anything is cut, its middle left out where it is long. */
export function boundedLog(text: string): string {
  const log = scrubText(text, {});
  if (log.length <= logCharactersMax) return log;
  const half = logCharactersMax / 2;
  return `${log.slice(0, half)}\n… ${log.length - logCharactersMax} characters left out …\n${log.slice(-half)}`;
}
