// Bytes into lines.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONGEST_LINE, lineSplitter } from "../../scripts/pipeline/lines.js";

function linesOf(pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

describe("a child's bytes", () => {
  it("come out as the same lines however they are cut, inside a character too", () => {
    const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n\uFFFD]/.test(text));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat({ max: 60 }), { maxLength: 30 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        (lines, cuts, end) => {
          const bytes = Buffer.from(lines.map((one) => one + end).join(""));
          const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
          const pieces = [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
          expect(linesOf(pieces)).toEqual(lines);
        },
      ),
    );
  });

  it("keep a last line without an end", () => {
    expect(linesOf([Buffer.from("a\nb")])).toEqual(["a", "b"]);
  });

  it("do not fill the memory when a line never ends", () => {
    const piece = Buffer.from("x".repeat(1_000_000));
    const [line] = linesOf(Array.from({ length: 20 }, () => piece));
    expect(line?.length).toBeGreaterThanOrEqual(LONGEST_LINE);
    expect(line?.length).toBeLessThan(LONGEST_LINE + 10_000);
  });
});
