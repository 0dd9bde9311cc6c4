// Keeps the world on disk: one JSON file and a folder of uploaded archives, written whole or not at all, readable by nobody else.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld } from "./create.js";
import { newToken } from "./ids.js";
import type { World } from "./types.js";

export interface Store {
  load(now: Date): World;
  save(world: World): void;
  /** Uploaded archives, by source id. */
  putBlob(id: string, bytes: Buffer): void;
  getBlob(id: string): Buffer | undefined;
}

/** A store that forgets at the end of the process. */
export function memoryStore(): Store {
  const blobs = new Map<string, Buffer>();
  return {
    load: (now) => createWorld(now),
    save: () => {},
    putBlob: (id, bytes) => void blobs.set(id, bytes),
    getBlob: (id) => blobs.get(id),
  };
}

/** A store in `dir` (made when missing, 0711; what it writes there can be read by its owner only). Throws when the state there cannot be understood. */
export function folderStore(dir: string): Store {
  const file = join(dir, "state.json");
  const blobs = join(dir, "sources");
  mkdirSync(blobs, { recursive: true, mode: 0o700 });
  // Not 0700: when root starts it, Postgres runs as another account, which has to pass through to its own folder.
  chmodSync(dir, 0o711);
  return {
    load(now) {
      if (!existsSync(file)) return createWorld(now);
      let world: World;
      try {
        world = JSON.parse(readFileSync(file, "utf8")) as World;
      } catch {
        throw new Error(`The sandbox's state ${file} is not JSON. Run: npm run sandbox -- reset`);
      }
      if (world.version !== 1) {
        throw new Error(`The sandbox's state ${file} comes from another version. Run: npm run sandbox -- reset`);
      }
      return world;
    },
    save(world) {
      writeWhole(file, JSON.stringify(world));
    },
    putBlob(id, bytes) {
      writeWhole(join(blobs, `${id}.tgz`), bytes);
    },
    getBlob(id) {
      const path = join(blobs, `${id}.tgz`);
      return existsSync(path) ? readFileSync(path) : undefined;
    },
  };
}

/** Writes beside the file and renames, so that a reader or a crash never sees half of it. */
export function writeWhole(file: string, content: string | Buffer): void {
  const draft = `${file}.${process.pid}.${newToken(8)}`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
