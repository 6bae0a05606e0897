import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Sandbox, SandboxRequest, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { inside, planLayout } from "./layout.ts";
import { environmentWords, limitWords, runLines } from "./limit-command.ts";
import { runBounded } from "./run-bounded.ts";

/**
 * No isolation: the same limits, a copied work tree and an environment of its own, but the code sees this machine's
 * files and network. Only for projects whose settings say `allowUnisolatedProof`.
 */
export function plainSandbox(): Sandbox {
  return { isolation: "none", run: runPlainly };
}

async function runPlainly(request: SandboxRequest): Promise<SandboxResult> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-plain-"));
  const real = (path: string): string =>
    path === "/tree" || /^\/(?:tree|tmp)\//.test(path) ? join(folder, path) : path;
  try {
    for (const name of ["tree", "tmp", "tmp/home"]) mkdirSync(join(folder, name));
    if (request.workTree !== null)
      cpSync(request.workTree, join(folder, "tree"), { recursive: true, verbatimSymlinks: true });
    for (const bind of [...request.readOnly, ...request.writable]) {
      const target = real(bind.target);
      if (target === bind.target || existsSync(target)) continue;
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(bind.source, target);
    }
    const result = join(folder, inside.result);
    const env = {
      ...planLayout(request).env,
      HOME: join(folder, inside.home),
      TMPDIR: join(folder, "tmp"),
      PATH: [join(folder, "tree/node_modules/.bin"), dirname(process.execPath), "/usr/local/bin:/usr/bin:/bin"].join(
        ":",
      ),
      CULPRIT_RESULT: result,
    };
    const limits =
      process.platform === "linux" ? limitWords(request.limits).filter((word) => !word.startsWith("--nproc")) : [];
    const bound = request.command.map((word) => boundWord(request, word));
    const script = runLines([...limits, ...environmentWords(env), ...bound], result, []).join("\n");
    return await runBounded(["/bin/sh", "-c", script], { limits: request.limits, cwd: join(folder, "tree") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A path inside a bind that was not linked into the folder stands for its source. */
function boundWord(request: SandboxRequest, word: string): string {
  for (const bind of request.readOnly) {
    const isBelow = word === bind.target || word.startsWith(`${bind.target}/`);
    if (isBelow && !bind.target.startsWith("/tree/")) return bind.source + word.slice(bind.target.length);
  }
  return word;
}
