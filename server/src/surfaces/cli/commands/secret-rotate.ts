import { resolve } from "node:path";
import { rotateSecrets } from "../../../domains/integration/index.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import type { Command } from "../command.ts";

export const secretRotate: Command = {
  name: "secret rotate",
  summary: "Encrypt every stored secret anew under the newest key, beside running servers; may be run again.",
  flags: {
    "new-key": { type: "boolean", doc: "Make a new key in the data folder's secret.key first." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const secretBox = openSecretBox({ secret: ctx.config.secret, dataDir: resolve(ctx.config.dataDir) });
    const database = await ctx.openDatabase();
    if (flags["new-key"] === true) secretBox.addKey();
    const { sealed, current, unreadable } = await rotateSecrets(database, secretBox);
    if (flags.json === true) ctx.print(JSON.stringify({ sealed, current, unreadable }));
    else ctx.print(`${sealed} encrypted anew, ${current} were under the newest key already.`);
    for (const name of unreadable) ctx.say(`The key of ${name} is lost: enter it again.`);
    return unreadable.length === 0 ? 0 : 1;
  },
};
