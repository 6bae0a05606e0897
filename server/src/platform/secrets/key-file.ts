import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CulpritError } from "../errors/culprit-error.ts";

/** The keys in a file, one a line, the newest first. Read anew when the file changed, so that running servers follow a rotation. */
export class KeyFile {
  readonly #path: string;
  #seen = "";
  #lines: readonly string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** The keys, or none where there is no file yet. @throws CulpritError DATA_FOLDER_UNUSABLE. */
  keys(): readonly string[] {
    const stat = this.#guarded(() => statSync(this.#path, { throwIfNoEntry: false }));
    if (stat === undefined) return [];
    const stamp = `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (stamp !== this.#seen) {
      // Others on the machine must not read it, whatever a copy or a restore did to its mode.
      if ((stat.mode & 0o077) !== 0) this.#guarded(() => chmodSync(this.#path, 0o600));
      const text = this.#guarded(() => readFileSync(this.#path, "utf8"));
      this.#lines = text.split("\n").filter((line) => line !== "");
      this.#seen = stamp;
    }
    return this.#lines;
  }

  /** The keys, after making the first where there is none. Of two processes at once both get the same. */
  made(): readonly string[] {
    const found = this.keys();
    if (found.length > 0) return found;
    this.#write([newKey()], (own) => {
      try {
        linkSync(own, this.#path);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      }
    });
    return this.keys();
  }

  /** Puts a new key before the others. */
  addKey(): void {
    this.#write([newKey(), ...this.keys()], (own) => renameSync(own, this.#path));
  }

  /** Writes beside it first: nobody ever reads half a file. */
  #write(lines: readonly string[], place: (own: string) => void): void {
    const own = `${this.#path}.${process.pid}.${randomBytes(4).toString("hex")}`;
    this.#guarded(() => {
      mkdirSync(dirname(this.#path), { recursive: true });
      try {
        writeFileSync(own, `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx", flush: true });
        place(own);
      } finally {
        rmSync(own, { force: true });
      }
    });
  }

  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw new CulpritError(
        "DATA_FOLDER_UNUSABLE",
        `The key file ${this.#path} can't be used (${(cause as Error).message}). Give Culprit's user the right to it, or set CULPRIT_SECRET.`,
        { cause },
      );
    }
  }
}

function newKey(): string {
  return randomBytes(32).toString("base64url");
}
