// A person for tests: gives prepared answers, notes every question, and is told off by the validators like anybody.
import type { Prompts } from "../../scripts/wizard/ui.js";

export interface Asked {
  readonly kind: "input" | "password" | "select" | "confirm";
  readonly message: string;
  readonly labels?: readonly string[];
  readonly default?: string | boolean | undefined;
}

export interface FakePrompts extends Prompts {
  readonly asked: Asked[];
  readonly said: string[];
  /** what validators answered to the texts that were refused */
  readonly refused: string[];
}

/** Stands for the Enter key: the default, or an empty line. */
export const ENTER = Symbol("enter");

/**
 * @param script one entry a try: a text (for lists: a value), true or false for a confirmation, or ENTER; a refused text
 * is followed by the next entry
 */
export function fakePrompts(script: readonly (string | boolean | typeof ENTER)[]): FakePrompts {
  const left = [...script];
  const asked: Asked[] = [];
  const said: string[] = [];
  const refused: string[] = [];
  const next = (message: string): string | boolean | typeof ENTER => {
    const entry = left.shift();
    if (entry === undefined) throw new Error(`nobody is there to answer: ${message}`);
    return entry;
  };
  const typed = (message: string, preset: string, validate: (text: string) => true | string): string => {
    for (;;) {
      const entry = next(message);
      const text = entry === ENTER ? preset : String(entry);
      const verdict = validate(text);
      if (verdict === true) return text;
      refused.push(verdict);
    }
  };
  return {
    asked,
    said,
    refused,
    say: (text) => said.push(text),
    input: async ({ message, default: preset = "", validate }) => {
      asked.push({ kind: "input", message, default: preset });
      return typed(message, preset, validate);
    },
    password: async ({ message, validate }) => {
      asked.push({ kind: "password", message });
      return typed(message, "", validate);
    },
    select: async ({ message, choices, default: preset }) => {
      asked.push({ kind: "select", message, labels: choices.map(({ label }) => label), default: preset });
      const entry = next(message);
      const wanted = entry === ENTER ? (preset ?? choices[0]?.value) : entry;
      const choice = choices.find(({ value }) => value === wanted);
      if (!choice) throw new Error(`${String(wanted)} is not among the choices of: ${message}`);
      return choice.value;
    },
    confirm: async ({ message, default: preset }) => {
      asked.push({ kind: "confirm", message, default: preset });
      const entry = next(message);
      return entry === ENTER ? preset : entry === true;
    },
  };
}
