import { createLoginLink } from "../../../domains/access/index.ts";
import type { Command } from "../command.ts";
import { serverUrl } from "../server-url.ts";

export const loginLink: Command = {
  name: "login-link",
  summary: "Print a one-time sign-in link, valid for an hour.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const url = `${await serverUrl(ctx)}/login/${await createLoginLink(db)}`;
    ctx.print(flags.json === true ? JSON.stringify({ url }) : url);
    return 0;
  },
};
