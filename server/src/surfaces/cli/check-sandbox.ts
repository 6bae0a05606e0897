import type { EngineCheck } from "../../platform/engines/engine-check.ts";
import type { CommandContext } from "./command.ts";

/** What runs the code of projects here, in one line; unhealthy where the settings name one that does not work. */
export async function checkSandbox({
  config: { sandbox: kind, sandboxImage },
  findSandbox,
}: Pick<CommandContext, "config" | "findSandbox">): Promise<EngineCheck> {
  const found = await findSandbox();
  if ("reason" in found)
    return { engine: "none", serves: "sandbox", isHealthy: kind === "auto" || kind === "none", message: found.reason };
  const { isolation, image } = found;
  const message =
    image === undefined
      ? "Code of projects runs with this machine's programs, apart from its files and network."
      : `Code of projects runs in containers of ${sandboxImage} (${image.replace(/^sha256:/, "").slice(0, 12)}).`;
  return { engine: isolation, serves: "sandbox", isHealthy: true, message };
}
