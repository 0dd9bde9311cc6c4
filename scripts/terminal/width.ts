// How wide a text stands in a terminal, and how it is padded and folded to fit.
import { stripVTControlCharacters } from "node:util";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Ranges of code points that take two columns (Unicode Standard Annex 11, East Asian Wide and Fullwidth). */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

const printableAscii = /^[\x20-\x7e]*$/;
const invisible = /^[\p{M}\p{Cf}\p{Cc}]+$/u;
// Presented as a picture by default, or asked to be by a variation selector.
const picture = /^\p{Emoji_Presentation}|\uFE0F|^\p{Regional_Indicator}/u;

/** Columns that a text takes in a terminal: colour codes none, wide characters and emoji two. */
export function visibleWidth(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (printableAscii.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of segmenter.segment(bare)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  if (picture.test(grapheme)) return 2;
  const point = grapheme.codePointAt(0) ?? 0;
  return wideRanges.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

/** The text with spaces up to a width; a wider one is left as it is. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/**
 * Breaks a text at its spaces into lines no wider than `width`; a word that is wider keeps a line of its own and is
 * never broken, so that commands, addresses and names can be copied.
 * @returns at least one line
 */
export function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line === "") line = word;
      else if (visibleWidth(line) + 1 + visibleWidth(word) <= width) line += ` ${word}`;
      else {
        lines.push(line.trimEnd());
        line = word;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Like `fold`, with a first line that begins with `lead` and later ones that stand below its end. */
export function foldAfter(lead: string, text: string, width: number): string[] {
  const hang = visibleWidth(lead);
  const [first = "", ...rest] = fold(text, Math.max(1, width - hang));
  return [`${lead}${first}`, ...rest.map((line) => (line === "" ? "" : `${" ".repeat(hang)}${line}`))];
}

/** The text, cut to a width with an ellipsis at its end; without colour codes. */
export function cut(text: string, width: number, ellipsis: string): string {
  const bare = stripVTControlCharacters(text);
  if (visibleWidth(bare) <= width) return bare;
  const room = width - visibleWidth(ellipsis);
  let cutText = "";
  let taken = 0;
  for (const { segment } of segmenter.segment(bare)) {
    taken += graphemeWidth(segment);
    if (taken > room) break;
    cutText += segment;
  }
  return cutText + ellipsis;
}

/**
 * What others wrote (names, messages, build logs) as plain text on one line: no colour codes, no cursor movements, no
 * control characters; of a line that overwrites itself, the last state.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\r\n]+$/, "")
    .replace(/^[^\n]*\r(?!\n)/, "")
    .replace(/\s+/g, " ")
    .replace(/\p{Cc}/gu, "");
}
