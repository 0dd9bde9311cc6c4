// From the command line to a plan: answers collected, the remote read, what is unknown asked, keys probed.
import type { AnswerName } from "../../../config/answers.js";
import { ExpectedError } from "../../common/errors.js";
import { reveal, Secret } from "../../common/secret.js";
import type { Git } from "../../deploy/checkout.js";
import { settle } from "../../provision/desired.js";
import { answersFromHeroku } from "../../provision/held.js";
import { plan } from "../../provision/plan/index.js";
import { ecoRefusals, standingRefusals } from "../../provision/plan/refusals.js";
import { type Names, type Remote, readStanding } from "../../provision/read.js";
import type { Actual, Answer, Answers, Desired, Missing, Plan, Refusal } from "../../provision/types.js";
import { collect, fillDefaults, fillFromHeroku, missing } from "../../wizard/answers.js";
import type { AnswerFlags } from "../../wizard/types.js";
import { namesOf, readStack } from "../read-stack.js";
import type { Session } from "../session.js";

/** Everything that the decision to go on rests on. */
export interface Gathered {
  readonly desired: Desired;
  readonly actual: Actual;
  readonly plan: Plan;
}

export type Gathering =
  | ({ readonly kind: "ready" } & Gathered)
  | { readonly kind: "missing"; readonly missing: readonly Missing[] };

export interface GatherDeps {
  readonly session: Session;
  readonly remote: Remote;
  readonly git: Git;
  readonly today: Date;
}

/**
 * The answers of flags, variables and `.env`.
 * @throws ExpectedError (usage) with every problem at once
 */
export function givenAnswers(session: Session, flags: AnswerFlags): Answers {
  const { answers, problems } = collect({ flags, env: session.env, envFile: session.envFile.values });
  if (problems.length === 0) return answers;
  throw new ExpectedError(
    "usage",
    problems.map(({ message, source }) => `${message} (from ${sourceText[source]})`).join("\n"),
    {
      commands: ["npm run setup -- --help"],
    },
  );
}

const sourceText = { flag: "the command line", environment: "the environment", ".env": ".env" } as const;

/** Refuses before the first question where that is cheap: only for people, since a script's run reads it all at once. */
export async function refuseEarly({ session, remote }: GatherDeps, given: Answers): Promise<void> {
  if (!session.prompts) return;
  const { account, eco } = await readStanding(remote.api);
  session.output.talk(`Heroku knows you as ${account.email}.`);
  const team = given.team === undefined ? "" : reveal(given.team.value);
  const sizes = [given["metabase-dyno"], given["pipeline-dyno"]];
  const ecoByWish = sizes.some((size) => size !== undefined && reveal(size.value) === "eco");
  refuse([...standingRefusals(account), ...ecoRefusals(ecoByWish, team || undefined, eco)]);
}

function refuse(refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals;
  if (!first) return;
  throw new ExpectedError("refused", [first.message, ...others.map(({ message }) => message)].join("\n"), {
    why: first.why,
    commands: refusals.flatMap(({ commands }) => commands),
  });
}

/** Reads, asks what is still unknown, and plans. Reading starts over when somebody chose other apps. */
export async function gather(deps: GatherDeps, given: Answers): Promise<Gathering> {
  const { session, remote, git, today } = deps;
  let wanted = given;
  for (;;) {
    const names = namesOf(wanted, today);
    const { actual, checkout } = await readStack(session, remote, git, names);
    const known = fillFromHeroku(wanted, answersFromHeroku(actual));
    const unknown = missing(fillDefaults(known, { today }), new Set<AnswerName>(["token"]));
    if (unknown.length > 0 && !session.prompts) return { kind: "missing", missing: unknown };
    const answers = await completed(deps, known, unknown, actual);
    if (!sameNames(names, namesOf(answers, today))) {
      wanted = onlyWished(answers);
      continue;
    }
    const desired = settle(answers, checkout);
    return { kind: "ready", desired, actual, plan: plan(desired, actual) };
  }
}

/** What is unknown is asked; then every answer stands on one screen, to be changed or left. */
async function completed(
  deps: GatherDeps,
  known: Answers,
  unknown: readonly Missing[],
  actual: Actual,
): Promise<Answers> {
  const { session, today } = deps;
  const accountEmail = actual.account.email;
  const { prompts } = session;
  if (!prompts) return fillDefaults(known, { today, accountEmail });
  const { askAnswers, reviewAnswers } = await import("../../wizard/questions.js");
  const plans = actual.plans.get("heroku-postgresql");
  const context = { today, accountEmail, plans };
  const asked = unknown.map(({ name }) => name);
  const typed = asked.length > 0 ? await askAnswers(asked, known, prompts, context) : known;
  const answers = await reviewAnswers(fillDefaults(typed, { today, accountEmail }), prompts, context);
  session.redactor.add(...Object.values(answers).map(secretOf));
  return answers;
}

const sameNames = (a: Names, b: Names) => a.pipelineApp === b.pipelineApp && a.metabaseApp === b.metabaseApp;

/** Answers that hold whatever the apps are called: not those that were read from them. */
function onlyWished(answers: Answers): Answers {
  const entries = Object.entries(answers).filter(
    ([, answer]) => !["heroku", "default"].includes((answer as Answer).origin),
  );
  return Object.fromEntries(entries);
}

const secretOf = (answer: Answer | undefined) => (answer?.value instanceof Secret ? answer.value : undefined);
