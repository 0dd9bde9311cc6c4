// A source archive as a build receives it: its files, its Procfile, its heroku.yml.
import { posix } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { ArchiveError } from "./errors.js";
import { type HerokuYml, readHerokuYml } from "./heroku-yml.js";
import { readProcfile } from "./procfile.js";

export { ArchiveError } from "./errors.js";
export type { HerokuYml } from "./heroku-yml.js";

/** Largest unpacked archive that is read, in bytes; a slug is at most 500 MB even compressed (Heroku Dev Center, "Slug Size"). */
const LIMIT = 512 * 1024 * 1024;

/** An unpacked source archive. */
export interface Archive {
  /** Paths of the files and symbolic links below the root, sorted. Folders are not listed. */
  files: string[];
  /** Commands by process type; absent when there is no Procfile. */
  procfile?: Record<string, string>;
  /** Absent when there is no heroku.yml. */
  herokuYml?: HerokuYml;
  /** The text of a file (UTF-8); undefined when there is no such file. */
  text(path: string): string | undefined;
}

/** The path below the root. @throws ArchiveError when it leads out of it */
function inside(path: string): string {
  const normal = posix.normalize(path).replace(/\/$/, "");
  if (posix.isAbsolute(path) || normal === ".." || normal.startsWith("../")) {
    throw new ArchiveError(`The archive holds ${path}, which lies outside its root.`);
  }
  return normal;
}

async function unpack(tar: Buffer): Promise<Map<string, Buffer | undefined>> {
  const files = new Map<string, Buffer | undefined>();
  const reading: Promise<void>[] = [];
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry(entry: ReadEntry) {
        let path: string;
        try {
          path = inside(entry.path);
        } catch (error) {
          entry.resume();
          reject(error);
          return;
        }
        if (entry.type === "Directory" || path === ".") {
          entry.resume();
        } else if (entry.type === "SymbolicLink" || entry.type === "Link") {
          files.set(path, undefined);
          entry.resume();
        } else {
          reading.push(entry.concat().then((body) => void files.set(path, Buffer.from(body))));
        }
      },
    });
    parser.on("error", (error: Error) =>
      reject(new ArchiveError(`The archive is empty or no tar file: ${error.message}`)),
    );
    parser.on("end", resolve);
    parser.end(tar);
  });
  await Promise.all(reading);
  return files;
}

/**
 * Reads a gzipped tar, whose root is the app's root (Heroku Platform API, Build > source_blob; Heroku Dev Center, "Building and Releasing Using
 * the Platform API").
 * @throws ArchiveError when it is no gzip or no tar, is empty, holds a path outside its root, or a Procfile or heroku.yml that a build refuses
 */
export async function readArchive(bytes: Buffer): Promise<Archive> {
  const tar = await promisify(gunzip)(bytes, { maxOutputLength: LIMIT }).catch((error: Error) => {
    throw new ArchiveError(`The archive is not gzip, or cut short: ${error.message}`);
  });
  const files = await unpack(tar);
  if (files.size === 0) throw new ArchiveError("The archive holds no files.");
  const text = (path: string) => files.get(posix.normalize(path))?.toString("utf8");
  const [procfile, herokuYml] = [text("Procfile"), text("heroku.yml")];
  return {
    files: [...files.keys()].sort(),
    ...(procfile === undefined ? {} : { procfile: readProcfile(procfile) }),
    ...(herokuYml === undefined ? {} : { herokuYml: readHerokuYml(herokuYml) }),
    text,
  };
}
