import { spawn } from "node:child_process";

/**
 * Runs `npm ci --offline` in a folder; rejects with npm's output, or when the signal ends it. Everything it needs lies in
 * the repository itself.
 */
export function installDependencies(folder: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    const child = spawn("npm", ["ci", ...options], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ci in ${folder} ended with ${code}: ${output}`));
    });
  });
}
