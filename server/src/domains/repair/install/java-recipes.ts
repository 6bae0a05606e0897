import { settingsOf } from "./language-settings.ts";
import { apartFolder, type InstallRecipe, installed } from "./recipe.ts";

const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const m2 = "/deps/m2";

/**
 * Maven: what the build of `pom.xml` asks for. No phase is run, so no plugin of the project's but the one that fetches; and what Surefire
 * looks for only when it has seen the tests: what runs JUnit 3, 4, the JUnit platform or TestNG.
 */
export const maven: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("pom.xml")) return null;
    const poms = [...facts.files].filter((path) => /(?:^|\/)pom\.xml$/.test(path) && path !== "pom.xml").sort();
    for (const path of ["pom.xml", ...poms]) {
      if (/<extension>|<extensions>\s*true/.test((await facts.read(path)) ?? ""))
        return {
          reason: `${path} names an extension of the build, which is code that Maven runs whenever it reads the file: nothing of it is given the network.`,
        };
    }
    return {
      manager: "maven",
      needs: { program: "mvn", remedy: installed("Maven and a Java development kit") },
      lockPath: "pom.xml",
      sources: poms,
      binds: settingsOf("java"),
      words: "mvn dependency:go-offline",
      command: (mode) => ["/bin/sh", "-c", fetchScript, "sh", "mvn", "-q", "-B", ...(mode === "offline" ? ["-o"] : [])],
      env: { MAVEN_OPTS: `-Xmx768m -Dmaven.repo.local=${m2}` },
      // A pom.xml may name its own repository under any name: what one project fetched is not given to another.
      isFetchedAnew: true,
      timeoutMs: 600_000,
      result: {
        kind: "apart",
        env: {
          MAVEN_OPTS: `-Xmx768m -Dmaven.repo.local=${apartFolder}/m2`,
          // A Java that is not told so takes its part of the whole machine's memory.
          JAVA_TOOL_OPTIONS: "-Xmx1g",
        },
      },
    };
  },
};

const fetchScript = `set -e
"$@" ${plugin}:go-offline
cd /tmp
get() { "$@" ${plugin}:get "-Dartifact=$artifact"; }
for folder in ${m2}/org/apache/maven/plugins/maven-surefire-plugin/*/; do
  version=$(basename "$folder")
  [ -e "$folder/maven-surefire-plugin-$version.jar" ] || continue
  provider() { artifact="org.apache.maven.surefire:$1:$version"; }
  for platform in ${m2}/org/junit/platform/junit-platform-engine/*/; do
    [ -d "$platform" ] || continue
    provider surefire-junit-platform; get "$@"
    artifact="org.junit.platform:junit-platform-launcher:$(basename "$platform")"; get "$@"
  done
  if [ -d ${m2}/junit/junit ]; then provider surefire-junit4; get "$@"; provider surefire-junit3; get "$@"; fi
  if [ -d ${m2}/org/testng/testng ]; then provider surefire-testng; get "$@"; fi
done`;

/**
 * Gradle: never installed. Its build files are programs, so whoever asks Gradle what a build needs runs code of the project, here
 * with the network and beside a store that other projects use.
 */
export const gradle: InstallRecipe = {
  async plan(facts) {
    const build = ["build.gradle", "build.gradle.kts"].find((path) => facts.files.has(path));
    if (build === undefined || facts.files.has("pom.xml")) return null;
    return {
      reason: `Gradle can't be asked for dependencies without running ${build}, which is code of the project: nothing of it is given the network. With a pom.xml beside it Maven is asked; else run the tests of the patch in the project's own pipeline.`,
    };
  },
};
