import { expect, test } from "vitest";
import { chooseForge, type ForgeCandidate } from "./choose-forge.ts";
import { pathOfUrl } from "./github/open-forge.ts";

const one = (type: ForgeCandidate["type"], config: ForgeCandidate["config"] = {}): ForgeCandidate => ({
  id: JSON.stringify([type, config]),
  type,
  config,
});
const chosen = (urls: readonly string[], ...candidates: ForgeCandidate[]) => {
  const found = chooseForge(
    candidates,
    urls.flatMap((url) => pathOfUrl(url) ?? []),
  );
  return found === null ? null : [found.candidate.type, found.repository];
};
const own = { base_url: "https://git.example.org" };

test.each([
  ["git@gitlab.com:acme/team/shop.git", ["gitlab", "acme/team/shop"]],
  ["https://gitlab.com/acme/shop", ["gitlab", "acme/shop"]],
  ["https://github.com/acme/shop.git", ["github", "acme/shop"]],
  ["ssh://git@git.example.org/acme/shop.git", ["gitea", "acme/shop"]],
  ["https://elsewhere.example.org/acme/shop.git", null],
] as const)("a repository at %s is asked of the forge of that host", (url, expected) => {
  expect(chosen([url], one("github"), one("gitlab"), one("gitea", own))).toEqual(expected);
});

test("groups within groups are GitLab's alone", () => {
  expect(chosen(["https://git.example.org/acme/team/shop"], one("gitea", own))).toBeNull();
  expect(chosen(["https://git.example.org/acme/team/shop"], one("gitlab", own))).toEqual(["gitlab", "acme/team/shop"]);
});

test("of a server below a path of its host the path is no group", () => {
  const below = { base_url: "https://example.org/git/" };
  expect(chosen(["https://example.org/git/acme/shop.git"], one("gitlab", below))).toEqual(["gitlab", "acme/shop"]);
  expect(chosen(["https://example.org/git/acme/shop.git"], one("gitea", below))).toEqual(["gitea", "acme/shop"]);
});

test("one that names the repository is before one that names none, and a path on this machine says nothing", () => {
  const naming = one("gitlab", { repositories: ["Acme/Shop"] });
  expect(chosen(["https://gitlab.com/acme/shop"], one("gitlab"), naming)).toEqual(["gitlab", "acme/shop"]);
  expect(chosen(["/srv/git/shop"], one("gitlab"), naming)).toEqual(["gitlab", "Acme/Shop"]);
  expect(chosen(["/srv/git/shop"], one("gitlab"))).toBeNull();
});
