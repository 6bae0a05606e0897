import { apartFolder, type InstallFacts, type InstallPlan, type InstallRecipe, storeFolder } from "./recipe.ts";

const requirements = /^(?:requirements(?:[-_.][\w-]+)?\.txt|requirements\/[\w-]+\.txt|[\w-]+[-_]requirements\.txt)$/;

/** pip: every file of requirements, as wheels only, because building a package runs its code. */
export const pip: InstallRecipe = {
  async plan({ files }) {
    const named = [...files].filter((path) => requirements.test(path)).sort();
    const [lockPath] = named;
    if (lockPath === undefined) {
      const other = ["poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock"].find((path) => files.has(path));
      return other === undefined
        ? null
        : { reason: `The dependencies are locked in ${other}; of Python only requirements files can be installed.` };
    }
    const flags = ["--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off"];
    const listed = named.flatMap((path) => ["-r", path]);
    return {
      manager: "pip",
      lockPath,
      sources: named,
      words: `pip install --only-binary=:all: ${listed.join(" ")}`,
      // What was fetched once is kept as wheels, so that it can be had without the network.
      command: (mode) =>
        script(
          ...(mode === "online"
            ? [["python3", "-m", "pip", "download", "-q", ...flags, "-d", storeFolder, ...listed]]
            : []),
          [
            "python3",
            "-m",
            "pip",
            "install",
            "-q",
            ...flags,
            "--no-index",
            "--find-links",
            storeFolder,
            "--target",
            "site",
            ...listed,
          ],
        ),
      env: { PYTHONDONTWRITEBYTECODE: "1", PIP_NO_CACHE_DIR: "1", PIP_ROOT_USER_ACTION: "ignore" },
      result: {
        kind: "apart",
        env: {
          PYTHONPATH: `${apartFolder}/site:/tree`,
          PYTHONDONTWRITEBYTECODE: "1",
          PATH: pathWith(`${apartFolder}/site/bin`),
        },
      },
    };
  },
};

/** Go: the modules of `go.sum`. */
export const go: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("go.mod")) return null;
    if (!facts.files.has("go.sum"))
      return /^\s*require\b/m.test((await facts.read("go.mod")) ?? "")
        ? { reason: "The project has no go.sum." }
        : null;
    return folderPlan(facts, "go", "go.sum", ["go.mod"], "go mod download", ["go", "mod", "download"], {
      install: (mode) => ({
        GOMODCACHE: "/deps/mod",
        GOFLAGS: "-mod=readonly -modcacherw",
        GOTOOLCHAIN: "local",
        GOCACHE: "/tmp/go",
        ...(mode === "offline" ? { GOPROXY: "off" } : {}),
      }),
      run: {
        GOMODCACHE: `${apartFolder}/mod`,
        GOPROXY: "off",
        GOFLAGS: "-mod=readonly",
        GOTOOLCHAIN: "local",
        GOCACHE: "/tmp/go",
      },
    });
  },
};

/** Cargo: the crates of `Cargo.lock`. */
export const cargo: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("Cargo.lock")) return null;
    const manifests = [...facts.files].filter((path) => /(?:^|\/)Cargo\.toml$/.test(path));
    return folderPlan(facts, "cargo", "Cargo.lock", manifests, "cargo fetch --locked", ["cargo", "fetch", "--locked"], {
      install: (mode) => ({ CARGO_HOME: "/deps/cargo", ...(mode === "offline" ? { CARGO_NET_OFFLINE: "true" } : {}) }),
      run: { CARGO_HOME: `${apartFolder}/cargo`, CARGO_NET_OFFLINE: "true", CARGO_TARGET_DIR: "/tmp/target" },
    });
  },
};

/** Maven: what the build of `pom.xml` asks for. */
export const maven: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("pom.xml")) return null;
    const poms = [...facts.files].filter((path) => /(?:^|\/)pom\.xml$/.test(path) && path !== "pom.xml");
    const words = "mvn dependency:go-offline";
    return folderPlan(
      facts,
      "maven",
      "pom.xml",
      poms,
      words,
      ["mvn", "-q", "-B", "-Dmaven.repo.local=/deps/m2", "dependency:go-offline"],
      {
        install: (mode) => (mode === "offline" ? { MAVEN_ARGS: "-o" } : {}),
        run: { MAVEN_ARGS: `-o -Dmaven.repo.local=${apartFolder}/m2` },
      },
    );
  },
};

/**
 * Gradle: never installed. Its build files are programs, so whoever asks Gradle what a build needs runs code of the project, here
 * with the network and beside a store that other projects use.
 */
export const gradle: InstallRecipe = {
  async plan(facts) {
    const build = ["build.gradle", "build.gradle.kts"].find((path) => facts.files.has(path));
    if (build === undefined || facts.files.has("pom.xml")) return null;
    return {
      reason: `Gradle can't be asked for dependencies without running ${build}, which is code of the project: nothing of it is given the network.`,
    };
  },
};

/** Bundler: the gems of `Gemfile.lock`. */
export const bundler: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("Gemfile.lock")) return null;
    return folderPlan(facts, "bundler", "Gemfile.lock", ["Gemfile"], "bundle install", ["bundle", "install"], {
      install: (mode) => ({
        BUNDLE_PATH: "/deps/bundle",
        BUNDLE_FROZEN: "true",
        ...(mode === "offline" ? { BUNDLE_LOCAL: "true" } : {}),
      }),
      run: { BUNDLE_PATH: `${apartFolder}/bundle`, BUNDLE_FROZEN: "true", BUNDLE_DISABLE_SHARED_GEMS: "true" },
    });
  },
};

/** Composer: the packages of `composer.lock`, without plugins and scripts. */
export const composer: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("composer.lock")) return null;
    const words = ["composer", "install", "--no-scripts", "--no-plugins", "--no-interaction", "--no-progress"];
    return {
      manager: "composer",
      lockPath: "composer.lock",
      sources: ["composer.json"],
      words: words.slice(0, 4).join(" "),
      command: () => words,
      env: { COMPOSER_HOME: "/tmp/composer", COMPOSER_CACHE_DIR: storeFolder },
      result: { kind: "beside", folder: "vendor" },
    };
  },
};

interface Environments {
  readonly install: (mode: "offline" | "online") => Readonly<Record<string, string>>;
  readonly run: Readonly<Record<string, string>>;
}

function folderPlan(
  facts: InstallFacts,
  manager: string,
  lockPath: string,
  sources: readonly string[],
  words: string,
  command: readonly string[],
  env: Environments,
): InstallPlan {
  return {
    manager,
    lockPath,
    sources: sources.filter((path) => facts.files.has(path)),
    words,
    command: (mode) => [
      "env",
      ...Object.entries(env.install(mode)).map(([name, value]) => `${name}=${value}`),
      ...command,
    ],
    env: {},
    result: { kind: "apart", env: env.run },
  };
}

/** One command after the other, as long as they succeed; every word stays a word. */
function script(...commands: (readonly string[])[]): string[] {
  const quoted = commands.map((words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "));
  return ["sh", "-c", quoted.join(" && ")];
}

function pathWith(folder: string): string {
  return `${folder}:/tree/node_modules/.bin:/culprit/bin:/usr/local/bin:/usr/local/go/bin:/usr/bin:/bin`;
}
