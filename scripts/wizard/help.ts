// The --help pages of setup and verify, made from the table of answers so that they cannot fall behind it.
import { type AnswerSpec, DEFAULT_HISTORY_DAYS } from "../../config/answers.js";
import { answerFlags, answerSpecs, type CommandName, fitsPlaceholder, placeholder, switchesOf } from "./flags.js";

interface Row {
  readonly left: string;
  readonly right: string;
}

/** setup's --help, wrapped to the given columns (40 to 100). */
export function setupHelp(columns = 80): string {
  return page(columns, [
    { title: "Usage", text: "npm run setup -- [flags]" },
    {
      text:
        "Plans the data stack, shows what it costs, asks once, does the difference and proves it. " +
        "It can be run again at any time: what is already right is left alone.",
    },
    { title: "Flags", rows: switchRows("setup") },
    answerSection(),
    secretSection(),
    {
      title: "Exit codes",
      rows: [
        { left: "0", right: "done, or nothing to do" },
        { left: "1", right: "failed or refused" },
        { left: "2", right: "changes are due (only with --dry-run --detailed-exitcode)" },
        { left: "3", right: "could not check: network or token" },
        { left: "64", right: "the command line or an answer is wrong, or one is missing" },
        { left: "130, 143", right: "stopped by a signal" },
      ],
    },
    {
      title: "Examples",
      lines: [
        "npm run setup",
        "npm run setup -- --sandbox --yes",
        "npm run setup -- --dry-run --detailed-exitcode",
        "npm run setup -- --yes --max-monthly 15",
        "npm run setup -- --metabase-dyno standard-2x",
      ],
    },
  ]);
}

/** verify's --help, wrapped to the given columns (40 to 100). */
export function verifyHelp(columns = 80): string {
  return page(columns, [
    { title: "Usage", text: "npm run verify -- [flags]" },
    {
      text:
        "Checks that the data stack is as declared, reachable, recent and within its limits. " +
        "It writes nothing unless --fix is given.",
    },
    { title: "Flags", rows: switchRows("verify") },
    answerSection(),
    secretSection(),
    {
      title: "Exit codes",
      rows: [
        { left: "0", right: "healthy" },
        { left: "1", right: "unhealthy" },
        { left: "3", right: "could not check: network, token, or Heroku is down" },
        { left: "64", right: "the command line or an answer is wrong, or one is missing" },
        { left: "130, 143", right: "stopped by a signal" },
      ],
    },
    {
      title: "Examples",
      lines: ["npm run verify", "npm run verify -- --json", "npm run verify -- --fix", "npm run verify -- --sandbox"],
    },
  ]);
}

interface Section {
  readonly title?: string;
  readonly text?: string;
  readonly rows?: readonly Row[];
  /** shown as they are */
  readonly lines?: readonly string[];
}

function switchRows(command: CommandName): readonly Row[] {
  return switchesOf(command).map(({ name, short, value, hint }) => ({
    left: `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
    right: hint,
  }));
}

function answerSection(): Section {
  return {
    title: "Answers",
    text: "First found: flag, environment, .env, what Heroku already has, default.",
    rows: answerFlags.map((spec) => ({
      left: `--${spec.flag} ${placeholder(spec)}`,
      right: `${spec.variable}${defaultText(spec)}\n${spec.hint}${choices(spec.choices)}`,
    })),
  };
}

/** Short lists stand in the placeholder already. */
function choices(names: readonly string[] | undefined): string {
  return names && !fitsPlaceholder(names) ? ` One of: ${names.join(", ")}.` : "";
}

/** Beside the variable; a default that cannot be told beforehand stands in the hint. */
function defaultText({ name, default: value }: AnswerSpec): string {
  if (name === "start-date") return ` (default: ${DEFAULT_HISTORY_DAYS} days ago)`;
  if (value === undefined) return "";
  return ` (default: ${value === "" ? "none" : value})`;
}

function secretSection(): Section {
  return {
    title: "Secrets",
    text: "Never given by flag: from the environment, from .env, or typed when asked.",
    rows: answerSpecs
      .filter((spec) => spec.secret)
      .map((spec) => ({ left: spec.variable, right: `${spec.title}. ${spec.hint}` })),
  };
}

function page(columns: number, sections: readonly Section[]): string {
  const width = Math.min(100, Math.max(40, Math.floor(columns) || 80));
  return `${sections.map((section) => render(section, width).join("\n")).join("\n\n")}\n`;
}

function render({ title, text, rows, lines }: Section, width: number): string[] {
  const head = title && text && !rows ? wrap(`${title}: ${text}`, width) : [...(title ? [`${title}:`] : [])];
  if (text && (!title || rows))
    head.push(...wrap(text, width - (title ? 2 : 0)).map((line) => (title ? `  ${line}` : line)));
  return [
    ...head,
    ...(rows ?? []).flatMap((row) => renderRow(row, rows ?? [], width)),
    ...(lines ?? []).map((line) => `  ${line}`),
  ];
}

/** Two columns; a left side that is too wide for its column, and any on a narrow terminal, gets a line of its own. */
function renderRow({ left, right }: Row, all: readonly Row[], width: number): string[] {
  const widest = Math.max(...all.map((row) => row.left.length));
  const column = width < 76 ? 8 : Math.min(widest, 26) + 4;
  const text = wrap(right, width - column).map((line) => `${" ".repeat(column)}${line}`);
  const start = `  ${left}`;
  if (start.length > column - 2) return [start, ...text];
  return [`${start.padEnd(column)}${text[0]?.slice(column) ?? ""}`.trimEnd(), ...text.slice(1)];
}

/** Breaks at line breaks and spaces; a word that is wider than the width stands alone on its line. */
function wrap(text: string, width: number): string[] {
  if (text.includes("\n")) return text.split("\n").flatMap((part) => wrap(part, width));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
