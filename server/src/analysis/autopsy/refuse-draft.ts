import { type FileDiff, parseDiff } from "../diff/parse-diff.ts";
import { isSecretPath, isSourcePath } from "./is-secret-path.ts";
import { hasHidden } from "./show-as-data.ts";

const testPath =
  /(?:^|\/)(?:tests?|specs?|__tests__|e2e|testdata|fixtures)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_\w+\.py$/i;

/** What a mend of a failure does not bring in: each reaches out of the program, or makes code of text. */
const reaching: readonly (readonly [string, RegExp])[] = [
  [
    "reads the environment",
    /process\s*(?:\?\.|\.|\[)\s*['"`]?env|\bos\.environ|getenv\s*\(|\bENV\s*\[|import\.meta\.env|Deno\.env|\$_(?:ENV|SERVER)|environ\b/gi,
  ],
  [
    "starts a process",
    /child_process|\b(?:exec|spawn|fork)(?:File)?Sync\s*\(|\b(?:spawn|execFile|fork|popen|shell_exec|proc_open|passthru)\s*\(|subprocess|os\.system|Runtime\.getRuntime|ProcessBuilder|Process\.Start|\bexec\.Command|Bun\.\$|Deno\.(?:run|Command)/gi,
  ],
  [
    "makes code of text",
    /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|\bvm\.|runIn(?:New|This)?Context|setTimeout\s*\(\s*['"`]|\bcompile\s*\(|__import__|importlib|pickle\.|Marshal\.load|unserialize\s*\(/gi,
  ],
  ["decodes hidden text", /\batob\s*\(|base64|fromCharCode|unescape\s*\(|\\x[0-9a-f]{2}\\x[0-9a-f]{2}/gi],
  [
    "uses the network",
    /\bfetch\s*\(|XMLHttpRequest|\bWebSocket\b|\bEventSource\b|sendBeacon|\b(?:https?|net|tls|dgram|dns|http2)\.(?:request|get|connect|createConnection|lookup|resolve\w*|Get|Post|Dial)\b|\baxios\b|\bgot\s*\(|\brequests\.|urllib|http\.client|socket\.|HttpClient|curl_|Net::HTTP|new\s+Image\b/gi,
  ],
  ["names an address", /\b(?:https?|wss?|ftp|ssh|git):\/\/|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/gi],
  [
    "reads or writes files",
    /\bfs\.|\b(?:read|write|append)File(?:Sync)?\s*\(|createWriteStream|\bfs\/promises|\bopen\s*\(|File\.(?:read|open|write)|file_get_contents|ioutil|os\.(?:Open|ReadFile|WriteFile|Create)|\/etc\/|\.ssh\b|\/proc\//gi,
  ],
  [
    "loosens a check",
    /rejectUnauthorized|NODE_TLS_REJECT|verify\s*=\s*False|InsecureSkipVerify|strictSSL|disable[_-]?auth|skip[_-]?auth|is_?admin\s*[:=]\s*true|eslint-disable|@ts-(?:ignore|nocheck)|# ?noqa|nosec/gi,
  ],
  [
    "prints what it should not",
    /console\.\w+\s*\(|\bprint(?:ln|f)?\s*\(|\blogger?\.\w+\s*\(|fmt\.Print|System\.out|\bputs\s|\bdebugger\b|process\.exit|os\._?exit/gi,
  ],
];
const moduleName =
  /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"`]([^'"`]+)['"`]|^\s*(?:import|from|use|require)\s+([\w.:]+)/gm;

/**
 * Why a model's draft is not even proposed; null where it may go the way of all patches. A draft changes source files that the model
 * was shown, and brings in nothing that reaches outside the program: an attacker who speaks to the model through an error message must
 * not get code of his into a sandbox or a pull request.
 */
export function refuseDraft(diff: string, shown: ReadonlySet<string>): string | null {
  const files = parseDiff(diff);
  if (files.length === 0 || files.every(({ hunks }) => hunks.length === 0))
    return "It is no unified diff that changes anything.";
  for (const file of files) {
    const reason = refuseFile(file, shown);
    if (reason !== null) return reason;
  }
  return null;
}

function refuseFile(file: FileDiff, shown: ReadonlySet<string>): string | null {
  if (file.isBinary) return "It changes a binary file.";
  const path = file.newPath ?? file.oldPath ?? "";
  for (const side of [file.oldPath, file.newPath]) {
    if (side !== null && isSecretPath(side)) return `It touches ${side}, which may hold secrets.`;
  }
  if (file.newPath === null) return `It deletes ${path}.`;
  if (file.oldPath === null) return `It adds the file ${path}; a mend changes what is there.`;
  if (file.oldPath !== file.newPath) return `It renames ${file.oldPath}.`;
  if (testPath.test(path)) return `It changes the test ${path}.`;
  if (!isSourcePath(path)) return `It touches ${path}, which is no source file.`;
  if (!shown.has(path)) return `It changes ${path}, which the model was not shown.`;
  const side = (kind: "added" | "removed") =>
    file.hunks.flatMap(({ lines }) => lines.filter((line) => line.kind === kind).map(({ text }) => text)).join("\n");
  const [added, removed] = [side("added"), side("removed")];
  if (hasHidden(added)) return `What it adds to ${path} holds hidden characters.`;
  for (const [does, pattern] of reaching) {
    if (countOf(added, pattern) > countOf(removed, pattern)) return `What it adds to ${path} ${does}.`;
  }
  const known = new Set(modulesIn(removed));
  const fresh = modulesIn(added).find((name) => !known.has(name));
  return fresh === undefined ? null : `What it adds to ${path} brings in the module ${fresh.slice(0, 80)}.`;
}

function countOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

function modulesIn(text: string): string[] {
  return [...text.matchAll(moduleName)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}
