// Names and numbers that Heroku makes up: ids, tokens, app names, host name endings.
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";

const adjectives = ["ancient", "calm", "dry", "fierce", "hidden", "lively", "mighty", "pacific", "quiet", "sharp"];
const nouns = ["badlands", "brook", "cliffs", "dusk", "fjord", "harbor", "island", "lake", "meadow", "sierra"];

/** A fresh UUID. */
export function newId(): string {
  return randomUUID();
}

/** A UUID that is always the same for the same words, for things of the catalogue. */
export function idOf(...words: string[]): string {
  const hex = createHash("sha256").update(words.join("\n")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Random letters and digits, `length` of them, in hexadecimal. */
export function newToken(length = 32): string {
  return randomBytes(Math.ceil(length / 2))
    .toString("hex")
    .slice(0, length);
}

/** A name as Heroku invents it: `calm-brook-48211`. */
export function newName(prefix?: string): string {
  const words = [pick(adjectives), String(randomInt(10_000, 99_999))];
  return prefix === undefined ? `${words[0]}-${pick(nouns)}-${words[1]}` : `${prefix}-${words.join("-")}`;
}

function pick(words: string[]): string {
  return words[randomInt(words.length)] ?? "calm";
}
