import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { has } from "../../../../test/repair/has-program.ts";
import { languageProjects } from "../../../../test/repair/language-projects.ts";
import { findNpm } from "../../vendors/npm/find-npm.ts";
import { createSandboxProvider } from "../../vendors/sandbox/detect-sandbox.ts";
import { type InstallRequest, installDependencies, reasonIn } from "./install-dependencies.ts";
import type { Sandbox } from "./sandbox-port.ts";

const found = await createSandboxProvider()();
const sandbox = "reason" in found ? null : found;
const packages = { ...findNpm(process.env), registry: process.env.npm_config_registry ?? null };

/** A real lock file by the real manager, made in a folder of its own where the registry can be asked; null where it can't. */
function lockedBy(command: readonly string[], files: Readonly<Record<string, string>>): Record<string, string> | null {
  const folder = mkdtempSync(join(tmpdir(), "culprit-lock-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [program = "", ...args] = command;
  try {
    execFileSync(program, args, { cwd: folder, stdio: "ignore", timeout: 120_000 });
    return Object.fromEntries(
      [...Object.keys(files), "pnpm-lock.yaml", "yarn.lock", "bun.lock", "composer.lock"].flatMap((path) => {
        try {
          return [[path, readFileSync(join(folder, path), "utf8")]];
        } catch {
          return [];
        }
      }),
    );
  } catch {
    return null;
  }
}

function request(files: Readonly<Record<string, string>>, more: Partial<InstallRequest> = {}): InstallRequest {
  if (sandbox === null) throw new Error("This machine offers no isolation.");
  return {
    readFile: async (path) => (files[path] === undefined ? null : Buffer.from(files[path])),
    files: new Set(Object.keys(files)),
    folder: mkdtempSync(join(tmpdir(), "culprit-dependencies-")),
    packages,
    sandbox,
    allowNetwork: true,
    ...more,
  };
}

async function say(of: InstallRequest, command: readonly string[], tree: Readonly<Record<string, string>>) {
  const workTree = mkdtempSync(join(tmpdir(), "culprit-tree-"));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(workTree, path)), { recursive: true });
    writeFileSync(join(workTree, path), text);
  }
  const installed = await installDependencies(of);
  if ("reason" in installed)
    throw new Error(`${installed.reason}\n${installed.steps.map(({ log }) => log).join("\n")}`);
  const { binds, scratch, env } = installed.dependencies;
  const result = await of.sandbox.run({
    command,
    workTree,
    readOnly: binds,
    writable: [],
    scratch,
    env,
    network: false,
    asOwner: false,
    limits: { timeoutMs: 60_000, memoryMb: 1024, processes: 64, outputBytes: 1_000_000, diskMb: 128 },
  });
  return { log: result.log, exitCode: result.exitCode, steps: installed.steps.map(({ name }) => name) };
}

const manifest = JSON.stringify({ name: "app", version: "1.0.0", dependencies: { "is-odd": "3.0.1" } });
const ask = { "main.cjs": `console.log(require("is-odd")(3));` };
const npx = (name: string, ...args: string[]) => ["npx", "--yes", name, ...args];
function berry(version: string): string[] {
  const noBuilds = version.startsWith("2") ? "--skip-builds" : "--mode=skip-build";
  return ["npx", "--yes", `--package=@yarnpkg/cli-dist@${version}`, "yarn", "install", noBuilds, "--no-immutable"];
}
/** With a script of the project's own, which Yarn 2 and later run unless they are told otherwise. */
const withScript = JSON.stringify({ ...(JSON.parse(manifest) as object), scripts: { postinstall: "exit 1" } });

const managers = [
  { name: "pnpm", lock: npx("pnpm@9", "install", "--lockfile-only") },
  { name: "yarn", lock: npx("yarn@1", "install", "--ignore-scripts", "--non-interactive") },
  { name: "bun", lock: npx("bun@1", "install", "--lockfile-only") },
  ...["2.4.2", "3.8.7", "4.9.1"].map((version) => ({ name: `yarn ${version}`, lock: berry(version) })),
].map((one) => ({
  ...one,
  files: lockedBy(one.lock, { "package.json": one.name.startsWith("yarn ") ? withScript : manifest }),
}));

for (const { name, files } of managers) {
  test.skipIf(files === null || sandbox === null)(
    `${name}: what its lock file names is installed once, and later without the network`,
    async () => {
      const first = request(files ?? {});
      expect(await say(first, ["node", "main.cjs"], ask)).toMatchObject({ log: "true\n" });
      const again = await say({ ...first, allowNetwork: false }, ["node", "main.cjs"], ask);
      expect(again).toEqual({ log: "true\n", exitCode: 0, steps: ["install dependencies"] });
    },
  );
}

test("pip: pinned requirements are installed as wheels, and pytest runs with them", async () => {
  const files = { "requirements.txt": "iniconfig==2.0.0\n", "requirements-dev.txt": "pytest==8.3.3\n" };
  const tree = { "test_app.py": "import iniconfig\n\ndef test_it():\n    assert iniconfig.IniConfig\n" };
  const got = await say(request(files), ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"], tree);
  expect(got.log).toContain("1 passed");
});

test.skipIf(!has("bundle") || sandbox === null)(
  "Bundler: what lies beside the Gemfile and what was fetched before is installed without the network, and code finds it",
  async () => {
    const gemspec = (name: string) =>
      `Gem::Specification.new { |s| s.name = "${name}"; s.version = "1.0.0"; s.summary = "x"; s.authors = ["x"]; s.files = ["lib/${name}.rb"] }\n`;
    const files = {
      Gemfile: 'source "https://rubygems.org"\ngem "coupon"\ngem "cart", path: "cart"\n',
      "Gemfile.lock": [
        ...["PATH", "  remote: cart", "  specs:", "    cart (1.0.0)", ""],
        ...["GEM", "  remote: https://rubygems.org/", "  specs:", "    coupon (1.0.0)", ""],
        ...["PLATFORMS", "  ruby", "", "DEPENDENCIES", "  cart!", "  coupon", ""],
      ].join("\n"),
      "cart/cart.gemspec": gemspec("cart"),
    };
    const tree = {
      ...files,
      "cart/lib/cart.rb": "CART = 1\n",
      "main.rb": 'require "coupon"\nrequire "cart"\nputs CART + COUPON\n',
    };
    const of = request(files, { allowNetwork: false });
    const missing = await installDependencies(of);
    expect(missing).toMatchObject({ reason: expect.stringContaining("coupon") });
    const made = mkdtempSync(join(tmpdir(), "culprit-gem-"));
    mkdirSync(join(made, "lib"));
    writeFileSync(join(made, "coupon.gemspec"), gemspec("coupon"));
    writeFileSync(join(made, "lib/coupon.rb"), "COUPON = 2\n");
    const store = join(of.folder, "stores/bundler/coupon-1.0.0.gem");
    execFileSync("gem", ["build", "-q", "coupon.gemspec", "-o", store], { cwd: made, stdio: "ignore" });
    expect(await say(of, ["bundle", "exec", "ruby", "main.rb"], tree)).toMatchObject({ log: "3\n" });
  },
);

test.skipIf(!has("composer") || sandbox === null)(
  "Composer: a package beside composer.json is installed without the network, its scripts are not run, and code finds it",
  async () => {
    const cart = { name: "shop/cart", version: "1.0.0", autoload: { "psr-4": { "Cart\\": "src/" } } };
    const files = lockedBy(["composer", "update", "--no-scripts", "--no-plugins", "--no-interaction", "--no-install"], {
      "composer.json": JSON.stringify({
        repositories: [{ type: "path", url: "cart" }, { packagist: false }],
        require: { "shop/cart": "1.0.0" },
        scripts: { "post-install-cmd": "exit 1" },
      }),
      "cart/composer.json": JSON.stringify(cart),
    });
    const tree = {
      ...files,
      "cart/src/Sum.php": "<?php namespace Cart; class Sum { static function of() { return 3; } }\n",
      "main.php": '<?php require "vendor/autoload.php"; echo Cart\\Sum::of(), "\\n";\n',
    };
    const of = request(files ?? {}, { allowNetwork: false });
    expect(await say(of, ["php", "main.php"], tree)).toMatchObject({ log: "3\n" });
    expect((await say(of, ["php", "main.php"], tree)).steps).toEqual(["install dependencies"]);
  },
);

test("a program that this machine does not have is named, with how to have it", async () => {
  const [go, cargo, pom] = ["Go", "Rust", "Java"].map((one) =>
    languageProjects.find(({ language }) => language === one),
  );
  const without: Sandbox | null =
    sandbox === null
      ? null
      : { ...sandbox, run: (one) => sandbox.run({ ...one, env: { ...one.env, PATH: "/nothing" } }) };
  if (without === null) return;
  for (const [of, said] of [
    [go, /there is no go for the sandbox to run\. Install Go /],
    [cargo, /there is no cargo .* Install Rust /],
    [pom, /there is no mvn .* Install Maven and a Java development kit /],
  ] as const) {
    const outcome = await installDependencies(request(of?.files ?? {}, { sandbox: without }));
    expect(outcome).toMatchObject({ reason: expect.stringMatching(said) });
  }
});

test("a manager that fails says why, and a lock file that nobody here reads is named", async () => {
  const offline = { allowNetwork: false };
  const reason = async (files: Readonly<Record<string, string>>) => {
    const outcome = await installDependencies(request(files, offline));
    return "reason" in outcome ? outcome.reason : "installed";
  };
  expect(await reason({ "package.json": manifest })).toContain("no lock file");
  expect(await reason({ "poetry.lock": "" })).toContain("poetry.lock");
  expect(await reason({ "requirements.txt": "no-such-package==1.0\n" })).toMatch(
    /no-such-package.*allowInstallNetwork/s,
  );
  expect(await reason({ "build.gradle.kts": "" })).toMatch(/without running build\.gradle\.kts.*pom\.xml.*pipeline/);
  expect(await reason({ "pom.xml": "<project><build><extensions><extension>" })).toContain(
    "pom.xml names an extension",
  );
  expect(await reason({ "Cargo.toml": "" })).toContain("no Cargo.lock");
  expect(await reason({ "go.mod": "require x v1.0.0\n" })).toContain("no go.sum");
  expect(await reason({ "README.md": "", "setup.cfg": "" })).toBe("installed");
});

test("of npm's output what does not fit the lock file is told, without its usage and where its log lies", () => {
  const log = [
    "npm error code EUSAGE",
    "npm error",
    "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
    "npm error",
    "npm error Missing: left-pad@1.3.0 from lock file",
    "npm error Invalid: lock file's zod@3.0.0 does not satisfy zod@4.0.0",
    "npm error",
    "npm error Clean install a project",
    "npm error Usage:",
    "npm error npm ci",
    "npm error A complete log of this run can be found in: /tmp/x.log",
  ].join("\n");
  expect(reasonIn(log)).toBe(
    "`npm ci` can only install packages when your package.json and package-lock.json are in sync. Missing: left-pad@1.3.0 from lock file Invalid: lock file's zod@3.0.0 does not satisfy zod@4.0.0",
  );
  expect(reasonIn("nothing of note\n")).toBeNull();
});
