// The Procfile of an archive: process types and their commands.
import { ArchiveError } from "./errors.js";

/**
 * Reads a Procfile: `type: command` lines, blank lines and `#` comments (Heroku Dev Center, "The Procfile").
 * @returns commands by process type, in the file's order
 * @throws ArchiveError on any other line, a type longer than 63 characters, or a type that stands there twice
 */
export function readProcfile(text: string): Record<string, string> {
  const types = new Map<string, string>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, type, command] = /^([A-Za-z0-9_-]{1,63}):\s*(\S.*)$/.exec(line) ?? [];
    if (type === undefined || command === undefined) {
      throw new ArchiveError(
        `Procfile, line ${index + 1}: "${line}" is no process type and command, as in "web: npm start".`,
      );
    }
    if (types.has(type))
      throw new ArchiveError(`Procfile, line ${index + 1}: the process type ${type} stands there twice.`);
    types.set(type, command);
  }
  return Object.fromEntries(types);
}
