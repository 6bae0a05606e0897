import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NoSandbox, Sandbox, SandboxRequest } from "../../domains/repair/sandbox-port.ts";
import { askEngine, type ContainerEngine, engineEnvironment, findEngine } from "./container-engine.ts";
import { containerSandbox, removeLeftovers } from "./container-sandbox.ts";

/**
 * The sandbox of a container engine, after a trial that looks from inside whether all that is asked for holds: an engine without
 * cgroups, seccomp or this machine's files says nothing, or only warns. Nothing is ever pulled.
 */
export async function openContainerSandbox(
  program: "docker" | "podman",
  image: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sandbox | NoSandbox> {
  const engine = await findEngine(program, engineEnvironment(env));
  if ("reason" in engine) return engine;
  const found = await findImage(engine, image);
  if ("reason" in found) return found;
  await removeLeftovers(engine);
  const sandbox = containerSandbox(engine, { name: image, id: found.id });
  const wrong = await whatTheTrialFinds(sandbox);
  return wrong === null ? sandbox : { reason: `${program} does not isolate as it must: ${wrong}` };
}

async function findImage(
  engine: ContainerEngine,
  image: string,
): Promise<{ readonly id: string } | { readonly reason: string }> {
  const format = "{{.Id}} {{json .Config.Volumes}}";
  const { code, output, complaint } = await askEngine(engine, ["image", "inspect", "--format", format, image]);
  if (code !== 0)
    return {
      reason: `${engine.program} has no image ${image} (${complaint}), and Culprit pulls none. Run: ${engine.program} pull ${image}`,
    };
  const [id = "", volumes = "null"] = output.split(" ");
  // Docker gives each of them a folder on its disk, which nothing bounds.
  return /^(?:null|\{\})$/.test(volumes)
    ? { id }
    : {
        reason: `The image ${image} declares volumes (${volumes}), which would be written without a limit. Name another.`,
      };
}

const lookAround = `
const fs = require("fs");
const read = (path) => { try { return fs.readFileSync(path, "utf8").trim(); } catch { return ""; } };
const isBounded = (...paths) => paths.some((path) => Number(read(path)) > 0 && Number(read(path)) < 2 ** 50);
const refuses = (path) => { try { fs.writeFileSync(path, ""); return false; } catch { return true; } };
const status = read("/proc/self/status");
const wrong = [];
const must = (holds, what) => { if (!holds) wrong.push(what); };
must(/^CapEff:\\s+0+$/m.test(status) && /^CapBnd:\\s+0+$/m.test(status), "the command keeps privileges");
must(/^NoNewPrivs:\\s+1$/m.test(status), "the command may gain privileges");
must(/^Seccomp:\\s+2$/m.test(status), "system calls are not filtered (seccomp)");
must(isBounded("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"), "memory is not limited");
must(isBounded("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"), "the number of processes is not limited");
must(refuses("/culprit-trial") && refuses("/etc/culprit-trial"), "the image is writable");
must(Object.keys(require("os").networkInterfaces()).every((name) => name === "lo"), "there is a network");
must(read("/trial/read/marker") === "marker" && refuses("/trial/read/other"), "this machine's folders are not visible, or are writable");
try { fs.writeFileSync("/trial/write/marker", ""); } catch { wrong.push("the user who runs Culprit can't write to its own folder"); }
fs.writeFileSync(process.env.CULPRIT_RESULT, wrong.join("; ") || "nothing");
`;

/** What does not hold, in words, or null. */
async function whatTheTrialFinds(sandbox: Sandbox): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-trial-"));
  try {
    for (const name of ["tree", "read", "write"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "tree/look-around.cjs"), lookAround);
    await writeFile(join(folder, "read/marker"), "marker");
    const request: SandboxRequest = {
      command: ["node", "look-around.cjs"],
      workTree: join(folder, "tree"),
      readOnly: [{ source: join(folder, "read"), target: "/trial/read" }],
      writable: [{ source: join(folder, "write"), target: "/trial/write" }],
      scratch: [],
      env: {},
      network: false,
      asOwner: true,
      limits: { timeoutMs: 30_000, memoryMb: 512, processes: 64, outputBytes: 65_536, diskMb: 16 },
    };
    const { result, end, log } = await sandbox.run(request);
    if (result === "nothing") return null;
    return result ?? `it could not be tried (${end}): ${log.trim()}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
