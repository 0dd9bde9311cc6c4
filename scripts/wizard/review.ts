// The screen before going on: every answer and where it came from, each one changeable.
import type { AnswerName } from "../../config/answers.js";
import { MASK } from "../common/secret.js";
import type { Answer, Answers, Origin } from "../provision/types.js";
import { originText } from "../terminal/messages.js";
import { type AskContext, askAnswers } from "./ask.js";
import { answerSpecs } from "./flags.js";
import type { Choice, Prompts } from "./ui.js";

export interface ReviewContext extends AskContext {
  /** secrets that Heroku has and that are kept because nobody gave another */
  readonly known?: ReadonlySet<AnswerName> | undefined;
}

const GO_ON = "go-on";

/**
 * Shows all answers until "Go on" is chosen; choosing one asks for it again.
 * @returns the answers as they are then
 * @throws Interrupted when the person leaves
 */
export async function reviewAnswers(answers: Answers, ui: Prompts, context: ReviewContext = {}): Promise<Answers> {
  let current = answers;
  let cursor: AnswerName | typeof GO_ON = GO_ON;
  for (;;) {
    const chosen: AnswerName | typeof GO_ON = await ui.select<AnswerName | typeof GO_ON>({
      message: "These are the answers. Go on, or choose one to change:",
      choices: [{ value: GO_ON, label: "Go on" }, ...reviewLines(current, context.known)],
      default: cursor,
    });
    if (chosen === GO_ON) return current;
    current = await askAnswers([chosen], current, ui, context);
    cursor = GO_ON;
  }
}

/** One line an answer: title, value with secrets masked, and where it came from. */
export function reviewLines(
  answers: Answers,
  known: ReadonlySet<AnswerName> = new Set(),
): readonly Choice<AnswerName>[] {
  const shown = answerSpecs.map((spec) => ({ spec, ...shownAs(spec.name, answers[spec.name], known) }));
  const titles = Math.max(...shown.map(({ spec }) => spec.title.length));
  const values = Math.max(...shown.map(({ value }) => value.length));
  return shown.map(({ spec, value, from }) => ({
    value: spec.name,
    label: `${spec.title.padEnd(titles)}  ${value.padEnd(values)}  ${from}`.trimEnd(),
    short: `change ${spec.title}`,
  }));
}

function shownAs(
  name: AnswerName,
  answer: Answer | undefined,
  known: ReadonlySet<AnswerName>,
): { readonly value: string; readonly from: string } {
  if (answer) return { value: String(answer.value) || "none", from: originOf(name, answer.origin) };
  if (known.has(name)) return { value: MASK, from: originOf(name, "heroku") };
  return { value: "none", from: absent[name] ?? "" };
}

/** What happens when an answer is left out, where that is not nothing. */
const absent: Readonly<Partial<Record<AnswerName, string>>> = {
  "metabase-email": "the Heroku account's",
  "metabase-password": "generated",
};

/** Where an answer came from, for a person. */
function originOf(name: AnswerName, origin: Origin): string {
  // No app holds the token: what is "heroku" for it is the official CLI's login.
  return name === "token" && origin === "heroku" ? "from the Heroku CLI" : originText(origin);
}
