import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "oxc-parser";

/** A breach of a house rule, with what to do instead. */
export interface Breach {
  readonly file: string;
  readonly rule: string;
  readonly remedy: string;
}

/** A room, what it may import, and what to do when it wants more. The first room whose `path` matches a file is its room. */
interface Room {
  readonly name: string;
  readonly path: RegExp;
  /** Names of rooms; its own is always allowed. */
  readonly rooms: readonly string[];
  /** Packages and `node:` built-ins, or `any`. */
  readonly packages: RegExp | "any";
  readonly remedy: string;
}

const rooms: readonly Room[] = [
  { name: "test", path: /(^|\/)(test\/|[^/]+(\.test|-conformance)\.ts$)/, rooms: ["any"], packages: "any", remedy: "" },
  {
    name: "contract",
    path: /^contract\//,
    rooms: [],
    packages: /^zod$/,
    remedy: "The contract is what crosses a wire: move everything else to server/.",
  },
  {
    name: "analysis",
    path: /^server\/src\/analysis\//,
    rooms: ["contract"],
    packages: /^(?!)/,
    remedy: "Analysis is pure: take what you need as a parameter and let a domain fetch it.",
  },
  {
    name: "platform",
    path: /^server\/src\/platform\//,
    rooms: ["contract"],
    packages: "any",
    remedy: "The platform lies below the domains: hand it a function or a value from above.",
  },
  {
    name: "domains",
    path: /^server\/src\/domains\//,
    rooms: ["contract", "analysis", "platform"],
    packages: "any",
    remedy: "A domain declares a port (an interface) and compose.ts hands it the vendor or surface behind it.",
  },
  {
    name: "vendors",
    path: /^server\/src\/vendors\//,
    rooms: ["contract", "analysis", "domains", "platform"],
    packages: "any",
    remedy: "A vendor implements a port of a domain; only compose.ts and surfaces know vendors.",
  },
  {
    name: "surfaces",
    path: /^server\/src\/surfaces\//,
    rooms: ["contract", "analysis", "domains", "platform", "vendors"],
    packages: "any",
    remedy: "A surface validates, calls one verb and maps the error; nothing but compose.ts imports it.",
  },
  {
    name: "main",
    path: /^server\/src\/(main|compose)\.ts$/,
    rooms: ["contract", "platform", "domains", "vendors", "surfaces"],
    packages: "any",
    remedy: "compose.ts only puts together.",
  },
  {
    name: "web",
    path: /^web\//,
    rooms: ["contract"],
    packages: "any",
    remedy: "The page knows the contract only: ask the API.",
  },
  {
    name: "outside",
    path: /^(examples|evals)\//,
    rooms: ["contract", "test"],
    packages: "any",
    remedy: "Examples and evals use Culprit as its users do, by command line and HTTP; they share the fakes of test/.",
  },
  {
    name: "bench",
    path: /^bench\//,
    rooms: ["contract", "test", "outside"],
    packages: "any",
    remedy:
      "Benches use Culprit as its users do, by command line and HTTP; they share what fills a database with test/, and what plays a failure with examples and evals.",
  },
  { name: "scripts", path: /^(scripts\/|vitest\.config\.ts$)/, rooms: ["any"], packages: "any", remedy: "" },
];

interface SourceFile {
  readonly path: string;
  readonly imports: readonly string[];
  readonly text: string;
  readonly readsEnvironment: boolean;
}

/** Every breach of the import rules, of import cycles, and of the few rules that a linter can't know, in the tree below `root`. */
export function findBreaches(root: string): Breach[] {
  const files = listSources(root).map((path) => readSource(root, path));
  return [...files.flatMap((file) => breachesOf(root, file)), ...findCycles(root, files)];
}

function breachesOf(root: string, file: SourceFile): Breach[] {
  const room = roomOf(file.path);
  if (room === undefined)
    return [
      {
        file: file.path,
        rule: "lies in no room",
        remedy: "Put it into a room of ARCHITECTURE.md, or give it one in scripts/house-rules.ts.",
      },
    ];
  const breaches: Breach[] = [];
  for (const specifier of file.imports) {
    const target = resolveImport(root, file.path, specifier);
    if (target === null) {
      if (room.packages !== "any" && !room.packages.test(specifier)) {
        breaches.push({ file: file.path, rule: `${room.name} imports the package ${specifier}`, remedy: room.remedy });
      }
      continue;
    }
    if (!existsSync(join(root, target)))
      breaches.push({
        file: file.path,
        rule: `imports ${target}, which does not exist`,
        remedy: "Name the file with its ending.",
      });
    const other = roomOf(target);
    if (other === undefined || room.rooms.includes("any")) continue;
    if (other.name !== room.name && !room.rooms.includes(other.name)) {
      breaches.push({ file: file.path, rule: `${room.name} imports ${other.name} (${target})`, remedy: room.remedy });
    }
    const [from, to] = [domainOf(file.path), domainOf(target)];
    const isPort = room.name === "vendors" && /\/([^/]+-)?ports?\.ts$/.test(target);
    if (to !== null && from !== to && !isPort && !target.endsWith(`domains/${to}/index.ts`)) {
      breaches.push({
        file: file.path,
        rule: `enters the domain ${to} by ${target}`,
        remedy: `Import it from domains/${to}/index.ts, and export it there if it is meant for others.`,
      });
    }
  }
  const isTest = room.name === "test";
  if (isTest && /\bvi\.mock\(/.test(file.text))
    breaches.push({
      file: file.path,
      rule: "mocks a module",
      remedy: "Use the real part, or a fake at the network edge.",
    });
  if (!isTest && !["platform", "bench"].includes(room.name) && /\bboss\.(send|insert)\(/.test(file.text)) {
    breaches.push({
      file: file.path,
      rule: "puts a job into the queue by itself",
      remedy: "Use queue.enqueue(tx, …), so that the job exists only if the transaction commits.",
    });
  }
  if (/^server\/src\/(?!compose\.ts)/.test(file.path) && !isTest && file.readsEnvironment) {
    breaches.push({
      file: file.path,
      rule: "reads process.env",
      remedy: "Add the setting to platform/config/options.ts and take it as a value.",
    });
  }
  return breaches;
}

/** Import cycles, type imports included; each is reported once, at its first file. */
function findCycles(root: string, files: readonly SourceFile[]): Breach[] {
  const graph = new Map(
    files.map((file) => [file.path, file.imports.flatMap((one) => resolveImport(root, file.path, one) ?? [])]),
  );
  const state = new Map<string, "open" | "done">();
  const breaches: Breach[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === "done" || !graph.has(path)) return;
    if (state.get(path) === "open") {
      const cycle = [...trail.slice(trail.indexOf(path)), path];
      breaches.push({
        file: path,
        rule: `import cycle: ${cycle.join(" → ")}`,
        remedy: "Move what both need into a third file below them.",
      });
      return;
    }
    state.set(path, "open");
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  return breaches;
}

function roomOf(path: string): Room | undefined {
  return rooms.find((room) => room.path.test(path));
}

function domainOf(path: string): string | null {
  return /^server\/src\/domains\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** The file that an import names, relative to the root, or null for a package. */
function resolveImport(root: string, from: string, specifier: string): string | null {
  if (specifier === "@culprit/contract") return "contract/src/index.ts";
  if (!specifier.startsWith(".")) return null;
  const bare = specifier.split("?")[0] ?? specifier;
  return relative(root, resolve(root, dirname(from), bare))
    .split(sep)
    .join("/");
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const { module, program } = parseSync(path, text);
  const imports = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) => one.entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...module.dynamicImports.flatMap(
      ({ moduleRequest }) => /^["']([^"']+)["']$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1] ?? [],
    ),
  ];
  return {
    path,
    text,
    imports: [...new Set(imports)],
    readsEnvironment: text.includes("process.env") && hasProcessEnv(program),
  };
}

/** Whether a syntax tree holds the expression `process.env`; in a string it is only text. */
function hasProcessEnv(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { type, object, property } = node as {
    type?: string;
    object?: { name?: string };
    property?: { name?: string };
  };
  if (type === "MemberExpression" && object?.name === "process" && property?.name === "env") return true;
  return Object.values(node).some(hasProcessEnv);
}

function listSources(root: string): string[] {
  const skipped = new Set(["node_modules", "dist", "template", "fixtures", ".git", ".culprit"]);
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) walk(path);
      else if (entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) found.push(path);
    }
  };
  walk("");
  return found;
}
