import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { sql, type Transaction } from "kysely";
import { decodeWorld, encodeWorld } from "../../../analysis/world/encode-world.ts";
import type { World } from "../../../analysis/world/world.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** What `encodeWorld` may give, and a little more; what is longer is no world. */
const unpackedBytesMax = 64_000_000;

export interface PackedWorld {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/** A world as it is stored: gzip of its JSON. Outside of a transaction, because it takes up to some 100 ms of a large one. */
export async function packWorld(world: World): Promise<PackedWorld> {
  const { text, isCut } = encodeWorld(world);
  return { bytes: await pack(text, { level: 4 }), isCut };
}

/**
 * The world behind stored bytes.
 * @throws Error when they are no world of a form that this engine reads.
 */
export async function unpackWorld(bytes: Buffer): Promise<World> {
  return decodeWorld((await unpack(bytes, { maxOutputLength: unpackedBytesMax })).toString("utf8"));
}

/** Keeps the world of one revision, beside its report. */
export async function storeWorld(
  tx: Transaction<DB>,
  stored: {
    readonly projectId: string;
    readonly incidentId: string;
    readonly revision: number;
    readonly engineVersion: string;
    readonly packed: PackedWorld;
  },
): Promise<void> {
  await sql`
    INSERT INTO incident_worlds (incident_id, revision, project_id, engine_version, world, is_cut)
    VALUES (${stored.incidentId}, ${stored.revision}, ${stored.projectId}, ${stored.engineVersion}, ${stored.packed.bytes}, ${stored.packed.isCut})`.execute(
    tx,
  );
}
