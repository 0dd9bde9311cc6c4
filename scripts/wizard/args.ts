// The command lines of setup and verify, read strictly: what was asked for, or one sentence that says what is wrong.
import { parseArgs } from "node:util";
import type { AnswerName } from "../../config/answers.js";
import { ExpectedError } from "../common/errors.js";
import type { Environment } from "../common/hosts.js";
import { answerFlags, type CommandName, placeholder, type SwitchName, secretFlags, switchesOf } from "./flags.js";
import { looksSecret } from "./looks-secret.js";
import { nearest } from "./nearest.js";
import type { AnswerFlags, SetupOptions, VerifyOptions } from "./types.js";

export { setupHelp, verifyHelp } from "./help.js";

export type ParsedArgs<Options> =
  | { readonly kind: "run"; readonly options: Options; readonly flags: AnswerFlags }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/**
 * Reads setup's command line. --help and --version win over everything else on it.
 * @param argv the words after the script's name
 * @throws ExpectedError (usage) for anything that setup does not take; the message never repeats a value
 */
export function parseSetupArgs(argv: readonly string[]): ParsedArgs<SetupOptions> {
  const given = readWords("setup", argv);
  if (given.kind !== "run") return given;
  const { on, value, flags } = given;
  const options: SetupOptions = {
    yes: on("yes"),
    dryRun: on("dry-run"),
    detailedExitcode: on("detailed-exitcode"),
    json: on("json"),
    noInput: on("no-input"),
    envFile: value("env-file"),
    maxMonthlyCents: dollars(value("max-monthly")),
    deployHead: on("deploy-head"),
    acceptCve: on("accept-cve-2023-38646"),
    adopt: on("adopt"),
    secondStack: on("second-stack"),
    sandbox: on("sandbox"),
  };
  return { kind: "run", options, flags };
}

/**
 * Reads verify's command line, which takes the flags of answers too: they say what is declared.
 * @param argv the words after the script's name
 * @throws ExpectedError (usage) for anything that verify does not take; the message never repeats a value
 */
export function parseVerifyArgs(argv: readonly string[]): ParsedArgs<VerifyOptions> {
  const given = readWords("verify", argv);
  if (given.kind !== "run") return given;
  const { on, value, flags } = given;
  const options: VerifyOptions = {
    json: on("json"),
    only: ids(value("only")),
    fix: on("fix"),
    yes: on("yes"),
    noInput: on("no-input"),
    envFile: value("env-file"),
    maxMonthlyCents: dollars(value("max-monthly")),
    deployHead: on("deploy-head"),
    sandbox: on("sandbox"),
  };
  return { kind: "run", options, flags };
}

interface Given {
  readonly kind: "run";
  readonly on: (name: SwitchName) => boolean;
  readonly value: (name: SwitchName) => string | undefined;
  readonly flags: AnswerFlags;
}

interface Taken {
  /** what stands for the value; undefined for a switch */
  readonly value: string | undefined;
  readonly answer?: AnswerName;
}

function readWords(command: CommandName, argv: readonly string[]): Given | { readonly kind: "help" | "version" } {
  const taken = takenBy(command);
  const options = Object.fromEntries(
    [...taken].map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" } as const]),
  );
  const shorts = Object.fromEntries(
    switchesOf(command).flatMap(({ name, short }) => (short ? [[name, { type: "boolean", short } as const]] : [])),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...options, ...shorts },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const kind of ["help", "version"] as const) {
    if (tokens.some((token) => token.kind === "option" && token.name === kind)) return { kind };
  }

  const values = new Map<string, string>();
  const flags: Partial<Record<AnswerName, string>> = {};
  for (const token of tokens) {
    if (token.kind === "positional") throw strayWord(command, token.index);
    if (token.kind !== "option") continue;
    const spec = taken.get(token.name);
    if (!spec) throw unknownFlag(command, token.rawName, token.name);
    const text = textOf(command, token, spec);
    const before = values.get(token.name);
    if (before !== undefined && before !== text) {
      throw usage(command, `--${token.name} is given twice with different values. Keep one of them.`);
    }
    values.set(token.name, text);
    if (spec.answer) flags[spec.answer] = text;
  }
  return { kind: "run", on: (name) => values.has(name), value: (name) => values.get(name), flags };
}

function takenBy(command: CommandName): ReadonlyMap<string, Taken> {
  const all = new Map<string, Taken>();
  for (const { name, value } of switchesOf(command)) all.set(name, { value });
  for (const spec of answerFlags) all.set(spec.flag, { value: spec.default || placeholder(spec), answer: spec.name });
  return all;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function textOf(command: CommandName, token: OptionToken, spec: Taken): string {
  if (spec.value === undefined) {
    if (token.inlineValue) throw usage(command, `${token.rawName} takes no value: it is on when it is there.`);
    return "";
  }
  // A word with a dash after the flag is the next flag, not a value; `--flag=-value` says otherwise.
  const nextFlag = token.inlineValue !== true && token.value?.startsWith("-");
  if (token.value === undefined || nextFlag) {
    throw usage(command, `--${token.name} needs a value, such as --${token.name} ${spec.value}.`);
  }
  return token.value;
}

function unknownFlag(command: CommandName, rawName: string, name: string): ExpectedError {
  const known = [...takenBy(command).keys()];
  const secrets = secretFlags();
  const plain = nearest(name, known);
  const secret = nearest(name, [...secrets.keys()]);
  if (secret && (!plain || secret.edits < plain.edits)) {
    const variable = secrets.get(secret.word) ?? secret.word;
    return new ExpectedError("usage", `Secrets are never given by flag: use ${variable}, or answer when asked.`, {
      why: "A flag's value stays in the shell's history and shows in the list of running processes.",
      commands: [`npm run ${command} -- --help`],
    });
  }
  // A key pasted behind two dashes must not come back on the screen.
  const shown = looksSecret(name) || name.length > 40 ? "" : ` ${rawName}`;
  return usage(command, `Unknown flag${shown}.${plain ? ` Did you mean --${plain.word}?` : ""}`);
}

/** The word itself is not repeated: it may be a key that lost its place. */
function strayWord(command: CommandName, index: number): ExpectedError {
  return usage(command, `Word ${index + 1} of the command line belongs to no flag. ${command} takes flags only.`);
}

function usage(command: CommandName, message: string): ExpectedError {
  return new ExpectedError("usage", message, { commands: [`npm run ${command} -- --help`] });
}

/** Dollars as people write them, in cents. */
function dollars(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^\$?(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!match) throw new ExpectedError("usage", "--max-monthly takes dollars a month, such as 10 or 10.50.");
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

function ids(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const list = text.split(",").flatMap((id) => id.trim() || []);
  if (list.length === 0) throw usage("verify", "--only needs the id of a check, or several with commas between them.");
  return list;
}

/** npm's own settings that people keep in .npmrc: seen there, they say nothing about this command line. */
const npmsOwn: readonly string[] = ["yes", "json", "help", "version"];

/**
 * Refuses a run whose flags npm took for itself, as in `npm run setup --dry-run`: the script would get none of them and
 * write after all (npm run-script: arguments after `--` are passed on).
 * @throws ExpectedError (usage) that shows the line as it was meant
 */
export function refuseFlagsTakenByNpm(command: CommandName, env: Environment): void {
  if (env.npm_lifecycle_event !== command) return;
  const lost = [...takenBy(command).keys()].find(
    (name) => !npmsOwn.includes(name) && env[`npm_config_${name.replaceAll("-", "_")}`] !== undefined,
  );
  if (lost === undefined) return;
  throw new ExpectedError("usage", `npm took --${lost} for itself. Flags for ${command} stand after a lone --.`, {
    commands: [`npm run ${command} -- --${lost}`],
  });
}
