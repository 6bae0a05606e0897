import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const programs = ["cat", "env", "grep", "head", "mkdir", "sleep", "tar", "timeout", "yes"];

/**
 * Makes an image of this machine's own programs and this Node, so that a real engine can be tested where no registry is to be reached.
 * @returns the image's name, or null where the engine does not answer.
 */
export function makeLocalImage(engine: "docker" | "podman"): string | null {
  if (spawnSync(engine, ["info", "--format", "{{json .}}"]).status !== 0) return null;
  if (engine === "docker" && spawnSync(engine, ["ps"]).status !== 0) return null;
  const image = `localhost/culprit-sandbox-test:${process.pid}`;
  const root = mkdtempSync(join(tmpdir(), "culprit-image-"));
  try {
    for (const name of ["tmp", "tree", "proc", "sys", "dev", "etc", "run"]) mkdirSync(join(root, name));
    chmodSync(join(root, "tmp"), 0o1777);
    const sources = [...programs.map(find), process.execPath, "/bin/sh"];
    for (const name of programs) put(root, find(name), `/usr/bin/${name}`);
    put(root, process.execPath, "/usr/local/bin/node");
    put(root, "/bin/sh", "/bin/sh");
    for (const source of sources) for (const library of librariesOf(source)) put(root, library, library);
    execFileSync("sh", ["-c", `tar -C "$1" -c . | "$2" import - "$3"`, "sh", root, engine, image], { stdio: "pipe" });
    return image;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Removes it again. */
export function removeLocalImage(engine: "docker" | "podman", image: string): void {
  execFileSync(engine, ["rmi", image], { stdio: "ignore" });
}

function find(name: string): string {
  return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}

function librariesOf(program: string): string[] {
  const { stdout } = spawnSync("ldd", [realpathSync(program)], { encoding: "utf8" });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => (path === undefined ? [] : [path]));
}

function put(root: string, source: string, target: string): void {
  if (existsSync(join(root, target))) return;
  mkdirSync(dirname(join(root, target)), { recursive: true });
  cpSync(realpathSync(source), join(root, target));
}
