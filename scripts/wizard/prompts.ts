// The questions as inquirer shows them on stderr; the only place that knows inquirer.
import inquirer from "inquirer";
import { asciiText, paint, type Style } from "../terminal/style.js";
import { fold, visibleWidth } from "../terminal/width.js";
import { type ChoiceQuestion, Interrupted, type Prompts } from "./ui.js";

export { Interrupted } from "./ui.js";

export interface PromptsOptions {
  /** shows a text between questions, on the stream of the questions */
  readonly say: (text: string) => void;
  /** of the stream of the questions */
  readonly style: Style;
  /**
   * Ends an open question. A program that aborts it on a process signal has to listen with `on`: behind a `once`, which
   * is gone when it is called, inquirer finds nobody else listening and kills the process.
   */
  readonly signal?: AbortSignal | undefined;
  /** default: stdin */
  readonly input?: NodeJS.ReadStream | undefined;
  /** default: stderr, because stdout is the result's */
  readonly output?: NodeJS.WriteStream | undefined;
}

/** Longer lists scroll; all answers of the review fit. */
const PAGE_SIZE = 24;

/** Columns that a yes-or-no question takes beside its message: "? " before it and " (y/N) " after it. */
const AROUND_MESSAGE = 9;

/** Prompts on a terminal. Each ends when it is answered, or with `Interrupted` on Ctrl-C, Ctrl-D, or the signal. */
export function createPrompts(options: PromptsOptions): Prompts {
  const { say, style, signal, input = process.stdin, output = process.stderr } = options;
  const look = { theme: themeOf(style) };

  const open = async <Value>(show: (prompt: Prompt) => Promise<{ readonly answer: Value }>): Promise<Value> => {
    const left = new AbortController();
    const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    const unwatch = watchForEnd(input, () => left.abort());
    try {
      const { answer } = await show(inquirer.createPromptModule({ input, output, signal: stop }));
      return answer;
    } catch (error) {
      if (error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name)) {
        throw new Interrupted(error);
      }
      throw error;
    } finally {
      unwatch();
    }
  };

  return {
    say: (text) => say(folded(text, style)),
    input: ({ message, validate, default: preset }) =>
      open((prompt) =>
        prompt([
          {
            type: "input",
            name: "answer",
            message,
            validate,
            ...(preset === undefined ? {} : { default: preset }),
            ...look,
          },
        ]),
      ),
    // Without `toggleMask: false` a key would show the secret in the clear.
    password: ({ message, validate }) =>
      open((prompt) =>
        prompt([{ type: "password", name: "answer", message, validate, mask: "*", toggleMask: false, ...look }]),
      ),
    select: async <Value extends string>({ message, choices, default: preset }: ChoiceQuestion<Value>) => {
      const lines = choices.map(({ value, label, short, description }) => ({
        value: String(value),
        name: label,
        ...(short === undefined ? {} : { short }),
        ...(description === undefined ? {} : { description }),
      }));
      const cursor = preset === undefined ? {} : { default: preset };
      const list = { message, pageSize: PAGE_SIZE, loop: false, choices: lines, ...cursor, ...look };
      const chosen = await open<string>((prompt) => prompt([{ type: "select", name: "answer", ...list }]));
      const choice = choices.find(({ value }) => value === chosen);
      if (!choice) throw new TypeError(`"${chosen}" was not among the choices`);
      return choice.value;
    },
    confirm: ({ message, default: preset }) => {
      const lines = fold(message, style.columns - AROUND_MESSAGE).join("\n  ");
      return open((prompt) => prompt([{ type: "confirm", name: "answer", message: lines, default: preset, ...look }]));
    },
  };
}

type Prompt = ReturnType<typeof inquirer.createPromptModule>;

/**
 * Calls back when the input ends while a question is open. inquirer leaves such a question open for ever: on Ctrl-D
 * readline closes itself, which pauses the input, and no more keys arrive.
 */
function watchForEnd(input: NodeJS.ReadStream, onEnd: () => void): () => void {
  const onKey = (_text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
    if (key?.ctrl && key.name === "d") setImmediate(() => input.isPaused() && onEnd());
  };
  input.on("keypress", onKey);
  input.once("end", onEnd);
  return () => {
    input.off("keypress", onKey);
    input.off("end", onEnd);
  };
}

/** inquirer decides about colour by stdout, where the questions are not, and breaks long lines inside words. */
function themeOf(style: Style) {
  const { strong, dim, fail, command, ok, symbols } = paint(style);
  // Further arguments, which inquirer gives and chalk would print, are dropped.
  const only = (colouring: (text: string) => string) => (text: string) => colouring(text);
  return {
    prefix: { idle: command("?"), done: ok(symbols.ok) },
    icon: { cursor: style.unicode ? "❯" : ">" },
    spinner: { interval: 80, frames: [...symbols.spinner] },
    style: {
      answer: only(command),
      message: only(strong),
      error: (text: string) => fail(folded(`> ${style.unicode ? text : asciiText(text)}`, style)),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: only(dim),
      highlight: only(command),
      key: (text: string) => command(`<${text}>`),
      description: (text: string) => dim(folded(text, style)),
      disabled: only(dim),
      keysHelpTip: () => dim(style.unicode ? "↑↓ choose • ⏎ take it" : "up and down choose, enter takes it"),
    },
  };
}

/** Lines that are too wide for the terminal broken between words; the others, tables among them, as they are. */
function folded(text: string, { columns }: Style): string {
  const lines = text.split("\n");
  return lines.flatMap((line) => (visibleWidth(line) > columns ? fold(line, columns) : [line])).join("\n");
}
