import { resolve } from "node:path";

/** The variable of the environment that says where the public sets are; none of Culprit's own, which refuses settings that it does not know. */
export const DATA_VARIABLE = "EVAL_DATA";

/** The folder with a folder of each public set: as `--data` says, else the environment, else `shared/data` beside the clone. */
export function dataRoot(said: string | undefined): string {
  return resolve(said ?? process.env[DATA_VARIABLE] ?? resolve(import.meta.dirname, "../../../../shared/data"));
}
