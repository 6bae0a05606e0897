import { z } from "zod";
import { releaseNotes } from "../../analysis/pull-request/release-notes.ts";
import { action } from "./action-services.ts";
import { forgeOf, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

const ref = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/, "is a tag, branch or commit");

export default action({
  name: "release_notes",
  title: "Write release notes",
  summary:
    "Lists what was merged between two tags by what it is (breaking, new, mended …), and makes a release of it where asked.",
  group: "pull_request",
  input: z.strictObject({
    repository: repositoryField,
    to: ref.optional().describe("The tag that is released. Left out: the event's tag, else the newest one."),
    from: ref.optional().describe("The tag before it. Left out: the one before `to` in the forge's list."),
    publish: z
      .enum(["no", "draft", "release"])
      .default("no")
      .describe("Make a release of the notes: not at all, as a draft, or for all to see."),
  }),
  output: z.object({
    notes: z.string().describe("The notes, in Markdown."),
    from: z.string().nullable().describe("The tag they begin after; null where there is none before."),
    to: z.string().describe("The tag they end with."),
    change_count: z.number().int().describe("How many changes they tell of."),
    release_url: z.string().nullable().describe("Where the release stands; null where none was made."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const forge = await forgeOf(input, ctx, services);
    const tags = await forge.latestTags(50);
    const tagOfEvent = ctx.event?.tag;
    const to = input.to ?? (typeof tagOfEvent === "string" ? tagOfEvent : undefined) ?? tags[0]?.name;
    if (to === undefined) throw new Error("The repository has no tag yet: name one in `to`.");
    const at = tags.findIndex(({ name }) => name === to);
    const from = input.from ?? tags[at < 0 ? 0 : at + 1]?.name ?? null;
    if (from === null)
      ctx.log("WARNING", `There is no tag before ${to}, so the notes are empty. Name one in \`from\`.`);
    const changes = from === null ? [] : await forge.mergedBetween(from, to);
    const notes = releaseNotes(changes, { from, to });
    const answer = { notes, from, to, change_count: changes.length, release_url: null };
    if (input.publish === "no") return answer;
    const isDraft = input.publish === "draft";
    const toAnswer = (made: { readonly id: string; readonly url: string }) => ({
      externalRef: made.id,
      response: { url: made.url },
    });
    const made = await outward(ctx, {
      key: `release:${to}`,
      kind: "release",
      recipient: `${forge.repository} ${to}`,
      integrationId: forge.integrationId,
      request: { tag: to, body: notes, isDraft },
      repeat: "lookup",
      // A release that somebody made by hand is left as it is.
      send: async () =>
        toAnswer(
          (await forge.findRelease(to)) ?? (await forge.createRelease({ tag: to, name: to, body: notes, isDraft })),
        ),
      async find() {
        const known = await forge.findRelease(to);
        return known === null ? null : toAnswer(known);
      },
    });
    return { ...answer, release_url: String(made.response.url ?? "") };
  },
});
