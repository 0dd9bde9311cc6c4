// A small program that asks real questions at a real terminal; run by terminal.test.ts inside a pseudo-terminal.
import { type AnswerName, answerNames } from "../../config/answers.js";
import { reveal } from "../../scripts/common/secret.js";
import type { Step } from "../../scripts/provision/types.js";
import { plainStyle } from "../../scripts/terminal/style.js";
import { createPrompts } from "../../scripts/wizard/prompts.js";
import { askAnswers, confirmPlan, Interrupted, reviewAnswers } from "../../scripts/wizard/questions.js";

const [what = "", ...words] = process.argv.slice(2);
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const ui = createPrompts({
  say: (text) => process.stderr.write(`${text}\n`),
  style: { ...plainStyle, columns: process.stderr.columns, colour: process.env.NO_COLOR === undefined },
  signal: stop.signal,
});

try {
  if (what === "confirm") {
    const bought: Step = {
      id: "pipeline.add-on.x",
      action: "create",
      role: "pipeline",
      app: "reluvia-dwh",
      resource: "add-on",
      name: "x",
      reason: "",
      after: "heroku-postgresql:essential-0",
      monthlyCents: 500,
    };
    const plan = { steps: [bought], refusals: [], consents: [], notices: [], prices: [], monthlyCents: 1000 };
    process.stdout.write(JSON.stringify(await confirmPlan(plan, ui)));
  } else {
    const names = answerNames.filter((name: AnswerName) => words.includes(name));
    const answers = await askAnswers(names, {}, ui, { today: new Date("2024-11-25T00:00:00Z") });
    const reviewed = what === "review" ? await reviewAnswers(answers, ui) : answers;
    // The test has to see whether what was typed has arrived, so this program shows what the wizard never does.
    const shown = Object.entries(reviewed).map(([name, answer]) => [name, reveal(answer.value)]);
    process.stdout.write(JSON.stringify(Object.fromEntries(shown)));
  }
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  process.exitCode = error.exitCode;
}
