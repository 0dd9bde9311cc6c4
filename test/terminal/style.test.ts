// What decides colour, animation and symbols.
import { describe, expect, it } from "vitest";
import { asciiText, decideStyle, paint, plainStyle } from "../../scripts/terminal/style.js";

const utf8 = { LANG: "en_US.UTF-8", TERM: "xterm-256color" };

function decide(env: Record<string, string>, facts: { out?: boolean; err?: boolean; json?: boolean } = {}) {
  const { out = true, err = true, json = false } = facts;
  const { result, talk } = decideStyle({ env: { ...utf8, ...env }, stdoutIsTty: out, stderrIsTty: err, json });
  return { result: result.colour, talk: talk.colour, animate: talk.animate };
}

describe("colour and animation", () => {
  it.each([
    ["a terminal is coloured and moves", {}, {}, { result: true, talk: true, animate: true }],
    ["NO_COLOR takes the colour only", { NO_COLOR: "1" }, {}, { result: false, talk: false, animate: true }],
    ["an empty NO_COLOR says nothing", { NO_COLOR: "" }, {}, { result: true, talk: true, animate: true }],
    [
      "FORCE_COLOR wins over NO_COLOR",
      { NO_COLOR: "1", FORCE_COLOR: "1" },
      {},
      { result: true, talk: true, animate: true },
    ],
    ["FORCE_COLOR=0 takes the colour", { FORCE_COLOR: "0" }, {}, { result: false, talk: false, animate: true }],
    ["a dumb terminal stays still", { TERM: "dumb" }, {}, { result: false, talk: false, animate: false }],
    ["CI stays still", { CI: "true" }, {}, { result: true, talk: true, animate: false }],
    ["CI=false is no CI", { CI: "false" }, {}, { result: true, talk: true, animate: true }],
    [
      "a piped result has no colour while the talk has",
      {},
      { out: false },
      { result: false, talk: true, animate: true },
    ],
    ["a piped talk stays still", {}, { err: false }, { result: true, talk: false, animate: false }],
    [
      "a document is never coloured and nothing moves",
      {},
      { json: true },
      { result: false, talk: true, animate: false },
    ],
    [
      "FORCE_COLOR colours a pipe",
      { FORCE_COLOR: "1" },
      { out: false, err: false },
      { result: true, talk: true, animate: false },
    ],
    [
      "FORCE_COLOR never colours a document",
      { FORCE_COLOR: "1" },
      { json: true },
      { result: false, talk: true, animate: false },
    ],
  ] as const)("%s", (_, env, facts, expected) => {
    expect(decide(env, facts)).toEqual(expected);
  });
});

describe("symbols", () => {
  const unicode = (env: Record<string, string>) =>
    decideStyle({ env, stdoutIsTty: true, stderrIsTty: true, json: false }).talk.unicode;

  it.each([
    [{ LANG: "de_DE.UTF-8" }, true],
    [{ LANG: "C.utf8" }, true],
    [{ LANG: "en_US" }, true],
    [{}, true],
    [{ LANG: "C" }, false],
    [{ LANG: "POSIX" }, false],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "en_US.UTF-8", TERM: "dumb" }, false],
    [{ TERM: "linux" }, false],
  ] as const)("of the environment %j: unicode is %s", (env, expected) => {
    expect(unicode(env)).toBe(expected);
  });

  it("are ASCII where nothing else is understood", () => {
    const { spinner, ...symbols } = paint({ ...plainStyle, unicode: false }).symbols;
    for (const symbol of [...Object.values(symbols), ...spinner]) expect(symbol).toMatch(/^[\x20-\x7e]+$/);
  });

  it("and punctuation is put into ASCII while names keep their letters", () => {
    expect(asciiText("Zoë → “new” … 1 × Eco, •••")).toBe('Zoë -> "new" ... 1 x Eco, ***');
  });
});

describe("width", () => {
  const columns = (known: number | undefined, env: Record<string, string> = {}) =>
    decideStyle({ env, stdoutIsTty: true, stderrIsTty: true, columns: known, json: false }).talk.columns;

  it("is the terminal's, within what can be read", () => {
    expect([columns(100), columns(20), columns(400)]).toEqual([100, 40, 120]);
  });

  it("is 80 when nobody knows, or what COLUMNS says", () => {
    expect([columns(undefined), columns(0), columns(undefined, { COLUMNS: "x" })]).toEqual([80, 80, 80]);
    expect(columns(undefined, { COLUMNS: "96" })).toBe(96);
  });
});
