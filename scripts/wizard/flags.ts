// The switches of setup and verify that are not answers, and which flags each command takes.
import { type AnswerName, type AnswerSpec, answers } from "../../config/answers.js";

export type CommandName = "setup" | "verify";

export interface SwitchSpec {
  /** without the dashes */
  readonly name: string;
  /** one letter, without the dash */
  readonly short?: string;
  /** what stands for its value in --help; absent for a switch that is on or off */
  readonly value?: string;
  readonly commands: readonly CommandName[];
  readonly hint: string;
}

const both = ["setup", "verify"] as const;

/** In the order in which --help shows them. */
export const switches = [
  { name: "yes", short: "y", commands: both, hint: "Ask nothing and go on: what is not given has its default." },
  { name: "dry-run", commands: ["setup"], hint: "Show the plan and stop. Nothing is written." },
  {
    name: "detailed-exitcode",
    commands: ["setup"],
    hint: "With --dry-run: exit 2 when changes are due.",
  },
  { name: "fix", commands: ["verify"], hint: "Show what setup would change, ask, and do it." },
  { name: "only", value: "ID,…", commands: ["verify"], hint: "Run these checks only, by the ids of --json." },
  {
    name: "max-monthly",
    value: "DOLLARS",
    commands: both,
    hint: "Refuse when the stack would cost more a month than this, before anything is written.",
  },
  {
    name: "deploy-head",
    commands: both,
    hint: "Deploy the last commit although there are uncommitted changes.",
  },
  {
    name: "accept-cve-2023-38646",
    commands: ["setup"],
    hint: "Accept that Metabase's buildpack ships 0.45.3 with this hole.",
  },
  {
    name: "adopt",
    commands: ["setup"],
    hint: "Take over an app of yours that runs something else today.",
  },
  {
    name: "second-stack",
    commands: ["setup"],
    hint: "Make another stack beside the one under other names.",
  },
  { name: "env-file", value: "PATH", commands: both, hint: "Read answers from this file instead of .env." },
  { name: "no-input", commands: both, hint: "Never ask: name all missing answers at once and exit 64." },
  { name: "json", commands: both, hint: "Print one JSON document on stdout. Nothing is asked." },
  { name: "sandbox", commands: both, hint: "Work against a pretend Heroku on this machine. Costs nothing." },
  { name: "help", short: "h", commands: both, hint: "Show this page." },
  { name: "version", commands: both, hint: "Show the version." },
] as const satisfies readonly SwitchSpec[];

export type SwitchName = (typeof switches)[number]["name"];

/** The switches that a command takes. */
export function switchesOf(command: CommandName): readonly (SwitchSpec & { readonly name: SwitchName })[] {
  const all: readonly (SwitchSpec & { readonly name: SwitchName })[] = switches;
  return all.filter((spec) => spec.commands.includes(command));
}

type NamedAnswer = AnswerSpec & { readonly name: AnswerName };

/** All answers with the type that a table of literals hides. */
export const answerSpecs: readonly NamedAnswer[] = answers;

/** The answers that have a flag, with it. */
export const answerFlags: readonly (NamedAnswer & { readonly flag: string })[] = answerSpecs.flatMap((spec) =>
  spec.flag === undefined ? [] : [{ ...spec, flag: spec.flag }],
);

/** Names under which somebody might give a secret by flag, and the variable that takes it instead. */
export function secretFlags(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const spec of answerSpecs.filter((answer) => answer.secret)) {
    const variable = spec.variable.toLowerCase().replaceAll("_", "-");
    for (const name of [spec.name, variable]) {
      for (const form of [
        name,
        name.replace(/-api-key$/, "-key"),
        name.replace(/^tap-/, "").replace(/-api-key$/, "-key"),
      ])
        found.set(form, spec.variable);
    }
  }
  found.set("heroku-token", "HEROKU_API_KEY");
  found.set("slack-webhook", "SLACK_WEBHOOK_URL");
  return found;
}

/**
 * How a value's place is written in --help and in an error: the choices when they are few, else a word.
 */
export function placeholder(spec: AnswerSpec): string {
  if (spec.choices && fitsPlaceholder(spec.choices)) return spec.choices.join("|");
  return valueWords[spec.name] ?? "NAME";
}

/** Whether a list of choices is short enough to stand beside its flag. */
export function fitsPlaceholder(choices: readonly string[]): boolean {
  return choices.join("|").length <= 20;
}

const valueWords: Readonly<Record<string, string>> = {
  "postgres-plan": "PLAN",
  "metabase-dyno": "SIZE",
  "pipeline-dyno": "SIZE",
  schedule: "HH:MM",
  "start-date": "YYYY-MM-DD",
  "metabase-email": "ADDRESS",
};
