// How to show: colour, animation, symbols and width, decided once from the environment; roles instead of colours.
import { Chalk } from "chalk";
import type { Environment } from "../common/hosts.js";

/** How one stream is written to. */
export interface Style {
  readonly colour: boolean;
  /** spinners and lines that overwrite themselves */
  readonly animate: boolean;
  /** false: symbols and punctuation of ASCII only */
  readonly unicode: boolean;
  /** columns that a line may take */
  readonly columns: number;
  /** a command as a person has to type it after this run; default: as it is */
  readonly commandAs?: (command: string) => string;
}

/** stdout carries the result, stderr the talk; each is its own terminal, file or pipe. */
export interface Styles {
  readonly result: Style;
  readonly talk: Style;
}

export interface StyleFacts {
  readonly env: Environment;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  /** of the terminal, when there is one */
  readonly columns?: number | undefined;
  /** one document goes to stdout, so nothing moves and nothing on stdout is coloured */
  readonly json: boolean;
}

const NARROWEST = 40;
/** Longer lines are hard to read, however wide the window is. */
const WIDEST = 120;
const DEFAULT_COLUMNS = 80;

/**
 * Colour: FORCE_COLOR wins over NO_COLOR (as in Node.js, "Determining terminal color support"), both over TERM=dumb
 * and the terminal. Animation: only on a terminal that is not dumb, outside CI and without `json`.
 */
export function decideStyle(facts: StyleFacts): Styles {
  const { env, json } = facts;
  const dumb = env.TERM === "dumb";
  const asked = colourAsked(env);
  const shared = { unicode: !dumb && speaksUnicode(env), columns: columnsOf(facts) };
  const colour = (isTty: boolean) => asked ?? (isTty && !dumb);
  return {
    result: { ...shared, colour: !json && colour(facts.stdoutIsTty), animate: false },
    talk: {
      ...shared,
      colour: colour(facts.stderrIsTty),
      animate: facts.stderrIsTty && !dumb && !json && !isCi(env),
    },
  };
}

/** What FORCE_COLOR or NO_COLOR say; undefined when neither does. */
function colourAsked(env: Environment): boolean | undefined {
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  // Present and not empty, whatever its value (no-color.org).
  return env.NO_COLOR ? false : undefined;
}

function isCi(env: Environment): boolean {
  return env.CI !== undefined && !["", "0", "false"].includes(env.CI);
}

/** A locale that names no character set says nothing about the terminal, except C and POSIX, which are ASCII. */
function speaksUnicode(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (!locale) return env.TERM !== "linux";
  if (/utf-?8/i.test(locale)) return true;
  return !/^(C|POSIX)$|\./.test(locale);
}

function columnsOf({ columns, env }: StyleFacts): number {
  const known = columns || Number(env.COLUMNS);
  if (!Number.isInteger(known) || known <= 0) return DEFAULT_COLUMNS;
  return Math.min(WIDEST, Math.max(NARROWEST, known));
}

/** Plain text of 80 columns, for files and tests. */
export const plainStyle: Style = { colour: false, animate: false, unicode: true, columns: DEFAULT_COLUMNS };

export interface Symbols {
  readonly ok: string;
  readonly warn: string;
  readonly fail: string;
  readonly unknown: string;
  readonly skipped: string;
  readonly create: string;
  readonly change: string;
  readonly keep: string;
  readonly unmanaged: string;
  readonly waiting: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly spinner: readonly string[];
}

const shared = { create: "+", change: "~", keep: "=", unmanaged: "?", unknown: "?" };
const unicodeSymbols: Symbols = {
  ...shared,
  ok: "✔",
  warn: "⚠",
  fail: "✖",
  skipped: "–",
  waiting: "·",
  arrow: "→",
  ellipsis: "…",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};
const asciiSymbols: Symbols = {
  ...shared,
  ok: "v",
  warn: "!",
  fail: "x",
  skipped: "-",
  waiting: ".",
  arrow: "->",
  ellipsis: "...",
  spinner: ["-", "\\", "|", "/"],
};

type Colouring = (text: string) => string;

/** Texts by the part they play; each returns the text as it is when the style has no colour. */
export interface Paint {
  readonly ok: Colouring;
  readonly warn: Colouring;
  readonly fail: Colouring;
  readonly unknown: Colouring;
  readonly dim: Colouring;
  readonly strong: Colouring;
  readonly create: Colouring;
  readonly change: Colouring;
  readonly keep: Colouring;
  readonly secret: Colouring;
  /** something to type or to open */
  readonly command: Colouring;
  readonly symbols: Symbols;
}

/** The sixteen colours of the terminal's own theme, so that it looks at home on light and on dark. */
export function paint(style: Style): Paint {
  const chalk = new Chalk({ level: style.colour ? 1 : 0 });
  return {
    ok: chalk.green,
    warn: chalk.yellow,
    fail: chalk.red,
    unknown: chalk.magenta,
    dim: chalk.dim,
    strong: chalk.bold,
    create: chalk.green,
    change: chalk.yellow,
    keep: chalk.dim,
    secret: chalk.dim,
    command: (text) => chalk.cyan(style.commandAs?.(text) ?? text),
    symbols: style.unicode ? unicodeSymbols : asciiSymbols,
  };
}

const asciiForms: Readonly<Record<string, string>> = {
  "…": "...",
  "→": "->",
  "•": "*",
  "–": "-",
  "—": "-",
  "×": "x",
  "·": "-",
  "≤": "<=",
  "≥": ">=",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "✔": "v",
  "✖": "x",
  "⚠": "!",
  "─": "-",
  "\u00a0": " ",
};

/** The text with the punctuation of our sentences in ASCII; letters of names and other languages stay. */
export function asciiText(text: string): string {
  return text.replace(/[…→•–—×·≤≥‘’“”✔✖⚠─\u00a0]/g, (character) => asciiForms[character] ?? character);
}
