/**
 * A process that uses the embedded database of the folder given as argument: it prints one line of JSON when it is
 * open, and closes when its standard input ends. For tests with several processes, and for killing.
 */
import { once } from "node:events";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { openDatabase } from "../../server/src/platform/db/open-database.ts";

const dataDir = process.argv[2] ?? "";
const database = await openDatabase({ kind: "embedded", dataDir, durability: "none" }, { log: silentLog });
const { embeddedPid } = await database.health();
process.stdout.write(`${JSON.stringify({ embeddedPid })}\n`);
process.stdin.resume();
await once(process.stdin, "end");
await database.close();
