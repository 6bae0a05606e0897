import { parseArgs } from "node:util";
import { type CaseName, caseNames } from "../generate/episode.ts";

export interface DemoArguments {
  /** Print how it is used and do nothing. */
  readonly isHelp: boolean;
  readonly seed: number;
  readonly caseName: CaseName;
  /** Play once and clean up; otherwise stay up until Ctrl-C. */
  readonly isOnce: boolean;
  readonly isJson: boolean;
  /** 0 takes a free one. */
  readonly port: number;
}

export const usage = `npm run demo -- [--seed N] [--case ${caseNames.join("|")}] [--once] [--json] [--port N]

  --seed N   another shop: other names, history and fault (default 1)
  --case C   what happens to it (default bad-release)
  --once     play once, print the answer, clean up, exit 0 if the answer was right
  --json     print the answer as one JSON line (npm run --silent demo keeps npm's own lines out)
  --port N   where Culprit listens (default 4600; with --once a free one)
  --help     print this`;

/** Reads the command line. Throws an Error that names the bad argument. */
export function readArguments(argv: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: "string", default: "1" },
      case: { type: "string", default: "bad-release" },
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      port: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed must be a whole number from 0, not ${values.seed}`);
  const caseName = caseNames.find((name) => name === values.case);
  if (!caseName) throw new Error(`--case must be one of ${caseNames.join(", ")}, not ${values.case}`);
  const port = Number(values.port ?? (values.once ? "0" : "4600"));
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be a port, not ${values.port}`);
  return { seed, caseName, isHelp: values.help, isOnce: values.once, isJson: values.json, port };
}
