import { apartFolder, type InstallRecipe, installed, pathWith, storeFolder } from "./recipe.ts";

const requirements = /^(?:requirements(?:[-_.][\w-]+)?\.txt|requirements\/[\w-]+\.txt|[\w-]+[-_]requirements\.txt)$/;
const pipWords = ["python3", "-m", "pip"];

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
    const flags = ["-q", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off"];
    const listed = named.flatMap((path) => ["-r", path]);
    return {
      manager: "pip",
      needs: { program: "python3", remedy: installed("Python 3 with pip") },
      lockPath,
      sources: named,
      words: `pip install --only-binary=:all: ${listed.join(" ")}`,
      // What was fetched once is kept as wheels, so that it can be had without the network.
      fetch: [...pipWords, "download", ...flags, "-d", storeFolder, ...listed],
      command: () => [
        ...[...pipWords, "install", ...flags, "--no-index", "--find-links", storeFolder, "--target", "site"],
        ...listed,
      ],
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
