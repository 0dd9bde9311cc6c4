// What is still unknown is asked, one question an answer, in the order of the table.
import { type AnswerName, type AnswerSpec, answerNames, answerSpec } from "../../config/answers.js";
import { reveal } from "../common/secret.js";
import type { Answer, Answers, PlanOffer } from "../provision/types.js";
import { answerOf, defaultOf } from "./answers.js";
import { checkAnswer } from "./check.js";
import { choicesOf } from "./choices.js";
import type { Prompts } from "./ui.js";

export interface AskContext {
  /** from which defaults are counted */
  readonly today?: Date | undefined;
  /** e-mail of the Heroku account */
  readonly accountEmail?: string | undefined;
  /** Postgres plans that are sold, by short name */
  readonly plans?: ReadonlyMap<string, PlanOffer> | undefined;
}

/** The value of the line that leads from a list to a typed answer; no answer can look like this. */
const OTHER = "…";

/**
 * Asks for the named answers and adds what was said. What is known already is offered as the default; an empty line
 * leaves an optional answer out.
 * @throws Interrupted when the person leaves
 */
export async function askAnswers(
  names: readonly AnswerName[],
  soFar: Answers,
  ui: Prompts,
  context: AskContext = {},
): Promise<Answers> {
  let answers = soFar;
  for (const name of answerNames.filter((candidate) => names.includes(candidate))) {
    const text = await ask(name, answers, ui, context);
    if (text !== undefined) answers = { ...answers, [name]: answerOf(name, text, "typed") };
  }
  return answers;
}

async function ask(name: AnswerName, answers: Answers, ui: Prompts, context: AskContext): Promise<string | undefined> {
  const spec = answerSpec(name);
  const before = answers[name];
  ui.say(spec.hint);
  if (spec.secret) return askSecret(name, spec, before, ui);
  const { today = new Date(), accountEmail, plans } = context;
  const preset = before === undefined ? defaultOf(spec, { today, accountEmail }) : reveal(before.value);
  const team = answers.team !== undefined && reveal(answers.team.value) !== "";
  const choices = choicesOf(name, { team, plans });
  if (!choices) return askText(name, spec, preset, ui);
  // The list of plans holds those that fit; Heroku sells more.
  const others = name === "postgres-plan" ? [{ value: OTHER, label: "another plan, by its name" }] : [];
  const offered = [...choices, ...others];
  const cursor = offered.find(({ value }) => value === preset)?.value;
  const chosen = await ui.select({
    message: `${spec.title}:`,
    choices: offered,
    ...(cursor === undefined ? {} : { default: cursor }),
  });
  return chosen === OTHER ? askText(name, spec, preset, ui) : chosen;
}

async function askSecret(
  name: AnswerName,
  spec: AnswerSpec,
  before: Answer | undefined,
  ui: Prompts,
): Promise<string | undefined> {
  const mayBeEmpty = before !== undefined || !spec.required;
  const empty = before === undefined ? " (Enter leaves it out)" : " (Enter keeps it)";
  const text = await ui.password({
    message: `${spec.title}${mayBeEmpty ? empty : ""}:`,
    validate: (typed) => (mayBeEmpty && typed.trim() === "") || problemOf(name, typed),
  });
  return cleaned(name, text, mayBeEmpty);
}

async function askText(
  name: AnswerName,
  spec: AnswerSpec,
  preset: string | undefined,
  ui: Prompts,
): Promise<string | undefined> {
  const mayBeEmpty = !spec.required && spec.default === undefined;
  const text = await ui.input({
    message: `${spec.title}:`,
    ...(preset ? { default: preset } : {}),
    validate: (typed) => (mayBeEmpty && typed.trim() === "") || problemOf(name, typed),
  });
  return cleaned(name, text, mayBeEmpty);
}

function problemOf(name: AnswerName, typed: string): true | string {
  const checked = checkAnswer(name, typed);
  return checked.ok || checked.message;
}

function cleaned(name: AnswerName, text: string, mayBeEmpty: boolean): string | undefined {
  if (mayBeEmpty && text.trim() === "") return undefined;
  const checked = checkAnswer(name, text);
  if (!checked.ok) throw new TypeError(checked.message);
  return checked.value;
}
