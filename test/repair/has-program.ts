import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether the search path of this machine has a program. */
export function has(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
