// The questions as inquirer shows them on stderr; the only place that knows inquirer.
import inquirer from "inquirer";
import { type ChoiceQuestion, Interrupted, type Prompts } from "./ui.js";

export { Interrupted } from "./ui.js";

export interface PromptsOptions {
  /** shows a text between questions, on the stream of the questions */
  readonly say: (text: string) => void;
  readonly colour: boolean;
  readonly signal?: AbortSignal | undefined;
  /** default: stdin */
  readonly input?: NodeJS.ReadStream | undefined;
  /** default: stderr, because stdout is the result's */
  readonly output?: NodeJS.WriteStream | undefined;
}

/** Longer lists scroll; all answers of the review fit. */
const PAGE_SIZE = 24;

/** Prompts on a terminal. Each ends when it is answered, or with `Interrupted` on Ctrl-C, Ctrl-D, or the signal. */
export function createPrompts(options: PromptsOptions): Prompts {
  const { say, colour, signal, input = process.stdin, output = process.stderr } = options;
  const look = colour ? {} : { theme: plainTheme };

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
    say,
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
    confirm: ({ message, default: preset }) =>
      open((prompt) => prompt([{ type: "confirm", name: "answer", message, default: preset, ...look }])),
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

const asIs = (text: string) => text;
const keys = (pairs: readonly (readonly [string, string])[]) => pairs.map((pair) => pair.join(" ")).join(" • ");

/** inquirer colours whatever the environment says; this theme does not. */
const plainTheme = {
  prefix: { idle: "?", done: "✔" },
  spinner: { interval: 80, frames: ["-", "\\", "|", "/"] },
  style: {
    answer: asIs,
    message: asIs,
    error: (text: string) => `> ${text}`,
    defaultAnswer: (text: string) => `(${text})`,
    help: asIs,
    highlight: asIs,
    key: (text: string) => `<${text}>`,
    description: asIs,
    disabled: asIs,
    keysHelpTip: keys,
  },
};
