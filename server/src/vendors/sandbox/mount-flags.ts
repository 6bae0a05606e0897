import { readFileSync } from "node:fs";

const keptFlags = ["nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime"];

/**
 * The flags of the mount that a path lies on. A read-only remount in a user namespace must repeat them: the kernel
 * refuses to drop a flag that was locked outside.
 */
export function mountFlagsOf(path: string): string[] {
  let best = "";
  let flags: string[] = [];
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const fields = line.split(" ");
    const point = (fields[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const covers = point !== "" && (path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`));
    if (!covers || point.length < best.length) continue;
    best = point;
    flags = (fields[5] ?? "").split(",").filter((flag) => keptFlags.includes(flag));
  }
  return flags;
}
