// Looks over a running command's shoulder: the arguments of all its processes, and every file that it leaves.
import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Watch {
  /** begins with this process and all that it starts */
  start(pid: number): void;
  /** every different command line that was seen, arguments separated by spaces */
  stop(): string[];
}

/** Reads /proc every three milliseconds (proc(5), /proc/pid/cmdline). */
export function watchArguments(): Watch {
  const seen = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (pid) => {
      timer = setInterval(() => {
        for (const line of commandLines(pid)) seen.add(line);
      }, 3);
    },
    stop: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}

function commandLines(pid: number): string[] {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
    );
    return [line, ...children.flatMap((child) => commandLines(Number(child)))];
  } catch {
    // It has ended while it was looked at.
    return [];
  }
}

/** The text of every file below the folders, by path; those that `skip` names are left out. */
export async function filesIn(
  folders: readonly string[],
  skip: (path: string) => boolean,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !skip(path)) found.set(path, await readFile(path, "latin1"));
    }
  }
  return found;
}
