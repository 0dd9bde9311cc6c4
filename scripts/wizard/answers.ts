// Answers gathered from flag, environment, `.env`, Heroku and the defaults, best source first, all through one validator.
import { type AnswerName, type AnswerSpec, answerSpec, DEFAULT_HISTORY_DAYS } from "../../config/answers.js";
import type { Environment } from "../common/hosts.js";
import { reveal, Secret } from "../common/secret.js";
import type { Answer, Answers, Missing, Origin } from "../provision/types.js";
import { checkAnswer } from "./check.js";
import { answerSpecs } from "./flags.js";
import type { AnswerFlags, Collected } from "./types.js";

export interface Sources {
  readonly flags: AnswerFlags;
  readonly env: Environment;
  /** values of `.env`, unquoted */
  readonly envFile: Environment;
}

type Source = Collected["problems"][number]["source"];

/**
 * What was given before anything is read or asked. A variable that is set to nothing counts as not given; when a required
 * secret has nothing but that, it is a problem, because somebody meant to give one. A flag counts whatever it holds.
 * @returns the answers that pass, and every problem there is; no message holds a secret
 */
export function collect(sources: Sources): Collected {
  const answers: Partial<Record<AnswerName, Answer>> = {};
  const problems: Collected["problems"][number][] = [];
  for (const { name, variable, secret, required } of answerSpecs) {
    const given: readonly (readonly [Source, string | undefined])[] = [
      ["flag", secret ? undefined : sources.flags[name]],
      ["environment", sources.env[variable]],
      [".env", sources.envFile[variable]],
    ];
    const emptyCounts = (source: Source) => source === "flag";
    const found =
      given.find(([source, text]) => text !== undefined && (emptyCounts(source) || text.trim() !== "")) ??
      given.find(([, text]) => text !== undefined && secret && required);
    if (!found) continue;
    const [source, text = ""] = found;
    const checked = checkAnswer(name, text);
    if (checked.ok) answers[name] = answerOf(name, checked.value, source);
    else problems.push({ name, source, message: checked.message });
  }
  return { answers, problems };
}

/** An answer whose text has passed its check: a secret becomes one here. */
export function answerOf(name: AnswerName, value: string, origin: Origin): Answer {
  return { value: answerSpec(name).secret ? new Secret(value) : value, origin };
}

/**
 * Adds what Heroku already has where nobody has said otherwise.
 * @param heroku values as read from both apps; an empty one counts as not there
 */
export function fillFromHeroku(
  answers: Answers,
  heroku: Readonly<Partial<Record<AnswerName, string | Secret>>>,
): Answers {
  return filled(answers, (spec) => {
    const value = heroku[spec.name];
    return value === undefined || reveal(value) === "" ? undefined : answerOf(spec.name, reveal(value), "heroku");
  });
}

export interface DefaultsContext {
  /** the day from which the start of Amplitude's history is counted back, in UTC */
  readonly today: Date;
  /** e-mail of the Heroku account, once it is known */
  readonly accountEmail?: string | undefined;
}

/** Adds the defaults. An answer whose default is to leave it out becomes the empty text. */
export function fillDefaults(answers: Answers, context: DefaultsContext): Answers {
  return filled(answers, (spec) => {
    const value = defaultOf(spec, context);
    return value === undefined ? undefined : answerOf(spec.name, value, "default");
  });
}

/** The answer that counts when nobody gives one, or undefined when there is none without a person. */
export function defaultOf(spec: AnswerSpec, { today, accountEmail }: DefaultsContext): string | undefined {
  if (spec.name === "start-date") return daysBefore(today, DEFAULT_HISTORY_DAYS);
  if (spec.name === "metabase-email") return accountEmail;
  return spec.secret ? undefined : spec.default;
}

function daysBefore(day: Date, days: number): string {
  return new Date(day.getTime() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

function filled(answers: Answers, fill: (spec: (typeof answerSpecs)[number]) => Answer | undefined): Answers {
  const all: Partial<Record<AnswerName, Answer>> = { ...answers };
  for (const spec of answerSpecs) {
    const answer = all[spec.name] ?? fill(spec);
    if (answer) all[spec.name] = answer;
  }
  return all;
}

/**
 * The required answers that are still unknown, in the order of the table.
 * @param known what need not be given because Heroku has it
 */
export function missing(answers: Answers, known: ReadonlySet<AnswerName> = new Set()): Missing[] {
  return answerSpecs
    .filter(({ name, required }) => required && answers[name] === undefined && !known.has(name))
    .map(({ name, flag, variable }) => ({ name, variable, ...(flag === undefined ? {} : { flag }) }));
}
