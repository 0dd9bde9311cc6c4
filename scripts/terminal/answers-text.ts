// The answers of a run for a person: each with its value, or the mask, and where it came from.
import { answers as answerSpecs } from "../../config/answers.js";
import { MASK, Secret } from "../common/secret.js";
import type { Answers } from "../provision/types.js";
import { originText } from "./messages.js";
import { paint, type Style } from "./style.js";
import { table } from "./table.js";
import { plain } from "./width.js";

/** A table of the settled answers, in the order in which they are declared. */
export function renderAnswers(answers: Answers, style: Style): string[] {
  const painted = paint(style);
  const rows = answerSpecs.flatMap(({ name, title, secret }) => {
    const answer = answers[name];
    if (!answer) return [];
    const masked = secret || answer.value instanceof Secret;
    const value = masked ? painted.secret(MASK) : plain(String(answer.value)) || painted.dim("none");
    return [[title, value, painted.dim(originText(answer.origin))]];
  });
  return table(rows, { columns: [{}, {}, {}], indent: 2, width: style.columns });
}
