import { authorities, authoritiesPath, settingsOf } from "./language-settings.ts";
import { apartFolder, type InstallRecipe, installed, pathWith, quoted, storeFolder } from "./recipe.ts";

/** Go: the modules of `go.sum`. */
export const go: InstallRecipe = {
  async plan({ files, read }) {
    if (!files.has("go.mod") || files.has("vendor/modules.txt")) return null;
    if (!files.has("go.sum") && /^\s*require\b/m.test((await read("go.mod")) ?? ""))
      return { reason: "The project has no go.sum." };
    // The standard library is compiled once: every run begins with an empty folder for what it compiles.
    const download = `go mod download && { timeout 150 go build std 2>/dev/null || true; }`;
    return {
      manager: "go",
      needs: { program: "go", remedy: installed("Go") },
      lockPath: files.has("go.sum") ? "go.sum" : "go.mod",
      // Of a workspace and of modules that are replaced by a folder, too.
      sources: [...files].filter((path) => /(?:^|\/)go\.(?:mod|sum|work|work\.sum)$/.test(path)).sort(),
      words: "go mod download",
      command: (mode) => ["/bin/sh", "-c", `${mode === "offline" ? "export GOPROXY=off; " : ""}${download}`],
      env: {
        GOMODCACHE: "/deps/mod",
        GOFLAGS: "-modcacherw",
        GOTOOLCHAIN: "local",
        GOCACHE: `${storeFolder}/build`,
      },
      timeoutMs: 300_000,
      bindsStore: true,
      result: {
        kind: "apart",
        env: {
          GOMODCACHE: `${apartFolder}/mod`,
          GOPROXY: "off",
          GOFLAGS: "-buildvcs=false",
          GOTOOLCHAIN: "local",
          GOCACHE: "/tmp/go",
        },
      },
    };
  },
};

const rustFolder = "/culprit/rust";
const rustFilesMax = 2000;

/** Cargo: the crates of `Cargo.lock`. */
export const cargo: InstallRecipe = {
  async plan({ files, rust }) {
    if (!files.has("Cargo.toml")) return null;
    if (!files.has("Cargo.lock"))
      return { reason: "The project has no Cargo.lock, so nothing says which crates its tests ran with." };
    const path: Record<string, string> = rust === null ? {} : { PATH: pathWith(`${rustFolder}/bin`) };
    return {
      manager: "cargo",
      needs: {
        program: "cargo",
        remedy: "Install Rust on the machine where Culprit runs, by its packages or by rustup.",
      },
      lockPath: "Cargo.lock",
      sources: [...files].filter((file) => /(?:^|\/)Cargo\.toml$/.test(file)).sort(),
      placeholders: [...files].filter((file) => file.endsWith(".rs")).slice(0, rustFilesMax),
      binds: rust === null ? [] : [{ source: rust, target: rustFolder }],
      words: "cargo fetch --locked",
      command: (mode) => ["cargo", "fetch", "--locked", ...(mode === "offline" ? ["--offline"] : [])],
      env: { ...path, CARGO_HOME: "/deps/cargo" },
      result: {
        kind: "apart",
        env: {
          ...path,
          CARGO_HOME: `${apartFolder}/cargo`,
          CARGO_NET_OFFLINE: "true",
          CARGO_TARGET_DIR: "/tmp/target",
          // Half the time and a third of the space; a panic tells its line without.
          CARGO_INCREMENTAL: "0",
          CARGO_PROFILE_DEV_DEBUG: "0",
          CARGO_PROFILE_TEST_DEBUG: "0",
        },
      },
    };
  },
};

/** Bundler: the gems of `Gemfile.lock`. A Gemfile is a program: it is read only where there is no network, the gems are fetched by name. */
export const bundler: InstallRecipe = {
  async plan({ files, read }) {
    if (!files.has("Gemfile.lock")) return null;
    const gems = gemsIn((await read("Gemfile.lock")) ?? "");
    const env = {
      BUNDLE_FROZEN: "true",
      BUNDLE_DISABLE_SHARED_GEMS: "true",
      BUNDLE_DISABLE_VERSION_CHECK: "true",
      BUNDLE_VERSION: "system",
    };
    return {
      manager: "bundler",
      needs: { program: "bundle", remedy: installed("Ruby and Bundler") },
      lockPath: "Gemfile.lock",
      sources: [...files]
        .filter((path) => /(?:^|\/)(?:Gemfile|[^/]+\.gemspec|version\.rb|\.ruby-version)$/.test(path))
        .sort(),
      words: "bundle install --local",
      fetch: ["/bin/sh", "-c", [`cd ${storeFolder}`, ...gems.map(fetchGem)].join(" && ")],
      command: () => ["bundle", "install", "--local"],
      env: { ...env, BUNDLE_PATH: "/deps/bundle", BUNDLE_CACHE_PATH: storeFolder, BUNDLE_APP_CONFIG: "/tmp/bundle" },
      result: {
        kind: "apart",
        env: { ...env, BUNDLE_PATH: `${apartFolder}/bundle`, BUNDLE_APP_CONFIG: "/tmp/bundle" },
      },
    };
  },
};

interface Gem {
  readonly name: string;
  readonly version: string;
  readonly platform: string | null;
}

/** The gems that a lock file takes from a registry. */
function gemsIn(lock: string): Gem[] {
  const sections = lock.split(/^(?=[A-Z]+$)/m).filter((section) => section.startsWith("GEM\n"));
  return sections.flatMap((section) =>
    [...section.matchAll(/^ {4}([\w.-]+) \((\d[\w.]*)(?:-([\w.-]+))?\)$/gm)].map(
      ([, name = "", version = "", platform = null]) => ({ name, version, platform }),
    ),
  );
}

function fetchGem({ name, version, platform }: Gem): string {
  const file = `${name}-${version}${platform === null ? "" : `-${platform}`}.gem`;
  const words = ["gem", "fetch", name, "--version", version, "--platform", platform ?? "ruby"];
  return `{ [ -e ${quoted(file)} ] || ${words.map(quoted).join(" ")}; }`;
}

/** Composer: the packages of `composer.lock`, without plugins and scripts. */
export const composer: InstallRecipe = {
  async plan({ files }) {
    if (!files.has("composer.lock")) return null;
    const words = ["composer", "install", "--no-scripts", "--no-plugins", "--no-interaction", "--no-progress"];
    return {
      manager: "composer",
      needs: { program: "composer", remedy: installed("PHP and Composer") },
      lockPath: "composer.lock",
      sources: [...files].filter((path) => /(?:^|\/)composer\.json$/.test(path) && !path.startsWith("vendor/")).sort(),
      // Composer does not start without authorities to trust, also where there is no network.
      binds: [...settingsOf("php"), ...authorities()],
      words: words.slice(0, 4).join(" "),
      command: () => words,
      env: {
        COMPOSER_HOME: "/tmp/composer",
        COMPOSER_CACHE_DIR: storeFolder,
        COMPOSER_ALLOW_SUPERUSER: "1",
        SSL_CERT_FILE: authoritiesPath,
      },
      result: { kind: "beside", folder: "vendor" },
    };
  },
};
