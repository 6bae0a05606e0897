import { runningUrlOf } from "../public-url.ts";
import type { CommandContext } from "./command.ts";

/** Where the server is reached, for an address that somebody will use; says so where nobody can know its port yet. */
export async function serverUrl({ config, say }: CommandContext): Promise<string> {
  const url = await runningUrlOf(config);
  if (new URL(url).port === "0")
    say("Culprit does not run, and is set to take a free port when it starts: put that port in the place of 0.");
  return url;
}
