// Makes a fresh clone ready: installs the locked dependencies, then builds the page. Plain JavaScript, because it runs
// on the host's own Node (20 or newer) before anything is installed. Does nothing when nothing changed. Progress goes
// to standard error, so that the output of the command behind it stays clean.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeModules = join(root, "node_modules");
const lockFolder = join(root, ".culprit-setup.lock");
const say = (line) => process.stderr.write(`setup: ${line}\n`);

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  say(`Node ${process.versions.node} is too old. Install Node 20 or newer and run the command again.`);
  process.exit(1);
}

/** A hash over files, so that a step runs again exactly when its input changed. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
          .sort()
      : [path];
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function run(what, args, stamp, value) {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === value) return;
  const startedAtMs = Date.now();
  say(`${what} …`);
  const npm = process.env.npm_execpath;
  const [command, before] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const { status, error } = spawnSync(command, [...before, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    say(
      `${what} failed${error ? `: ${error.message}` : ""}. The lines above say why; mend it and run the command again.`,
    );
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
  say(`${what}: done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

/** Two commands started at once must not install into each other. */
function withLock(work) {
  const waitUntilMs = Date.now() + 600_000;
  for (;;) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") {
        say(`This folder can't be written (${error.message}). Clone the repository to a folder of your own.`);
        process.exit(1);
      }
      const ageMs = Date.now() - (statSync(lockFolder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (ageMs > 600_000 || Date.now() > waitUntilMs) rmSync(lockFolder, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  const unlock = () => rmSync(lockFolder, { recursive: true, force: true });
  process.on("exit", unlock);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
  work();
}

withLock(() => {
  const lock = join(root, "package-lock.json");
  run(
    "installing the locked dependencies",
    ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    join(nodeModules, ".culprit-installed"),
    fingerprint([lock]),
  );
  const page = ["src", "index.html", "vite.config.ts", "package.json"].map((name) => join(root, "web", name));
  if (existsSync(join(root, "web", "index.html"))) {
    run(
      "building the page",
      ["run", "--silent", "build", "-w", "web"],
      join(root, "web", "dist", ".culprit-built"),
      fingerprint([...page, join(root, "contract", "src"), lock]),
    );
  }
});
