// Widths, folding and tables.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, plainStyle } from "../../scripts/terminal/style.js";
import { table } from "../../scripts/terminal/table.js";
import { cut, fold, foldAfter, pad, plain, visibleWidth } from "../../scripts/terminal/width.js";

const red = paint({ ...plainStyle, colour: true }).fail;

describe("the visible width", () => {
  it.each([
    ["plain", 5],
    ["✔ ok", 4],
    ["日本語", 6],
    ["🚀", 2],
    ["👩‍👩‍👧‍👦", 2],
    ["🇩🇪", 2],
    ["é", 1],
    ["e\u0301", 1],
    ["⚠\uFE0F", 2],
    ["", 0],
  ])("of %j is %i", (text, width) => {
    expect(visibleWidth(text)).toBe(width);
    expect(visibleWidth(red(text))).toBe(width);
  });
});

describe("folding", () => {
  it("breaks at spaces and never inside a word", () => {
    expect(fold("heroku apps:destroy reluvia-metabase --confirm", 14)).toEqual([
      "heroku",
      "apps:destroy",
      "reluvia-metabase",
      "--confirm",
    ]);
  });

  it("puts later lines below the end of the lead", () => {
    expect(foldAfter("✖ ", "one two three", 9)).toEqual(["✖ one two", "  three"]);
  });

  it("keeps every word, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        (words, width) => {
          const lines = fold(words.join(" "), width);
          expect(lines.join(" ")).toBe(words.join(" "));
          for (const line of lines) expect(line.length <= width || !line.includes(" ")).toBe(true);
        },
      ),
    );
  });
});

describe("texts of others", () => {
  it("lose colours, cursor movements and control characters", () => {
    expect(plain("\u001b[31m-----> Build\u001b[0m\u0007\r\n")).toBe("-----> Build");
    expect(plain("one\ntwo\tthree")).toBe("one two three");
  });

  it("show the last state of a line that overwrites itself", () => {
    expect(plain("10 %\r50 %\r100 %")).toBe("100 %");
  });

  it("are cut to a width with an ellipsis", () => {
    expect(cut("日本語の名前", 7, "…")).toBe("日本語…");
    expect(cut("short", 7, "…")).toBe("short");
  });
});

describe("a table", () => {
  it("aligns columns, folds the last one and leaves out empty ones", () => {
    const rows = [
      ["✔", "", "Release", "v14"],
      ["✖", "", "名前", "one two three four five six seven"],
    ];
    expect(table(rows, { columns: [{}, {}, {}, {}], indent: 2, width: 40 })).toEqual([
      "  ✔  Release  v14",
      "  ✖  名前     one two three four five",
      "              six seven",
    ]);
  });

  it("aligns prices to the right", () => {
    const rows = [
      ["a", "$5.00"],
      ["bcd", "$50.00"],
    ];
    expect(table(rows, { columns: [{}, { align: "right" }], width: 40 })).toEqual(["a     $5.00", "bcd  $50.00"]);
  });

  it("puts the last column below when there is no room beside", () => {
    const rows = [["a name that is long", "a text that has to stand somewhere"]];
    expect(table(rows, { columns: [{}, {}], width: 36 })).toEqual([
      "a name that is long",
      "  a text that has to stand somewhere",
    ]);
  });

  it("is never wider than asked when its first columns and words fit", () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    const row = fc.tuple(
      word,
      word,
      fc.array(word, { maxLength: 20 }).map((words) => red(words.join(" "))),
    );
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 24, max: 120 }), (rows, width) => {
        for (const line of table(rows, { columns: [{}, { align: "right" }, {}], indent: 2, width })) {
          expect(visibleWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it("pads by what is seen, not by characters", () => {
    expect(pad(red("日本"), 6)).toBe(`${red("日本")}  `);
  });
});
