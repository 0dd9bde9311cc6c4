// The flow of setup: collect, read, ask, probe, plan, confirm, apply, verify, sum up.

import { saveEnvFile } from "../../common/env-file.js";
import { exitCodes } from "../../common/errors.js";
import { gitIn } from "../../deploy/checkout.js";
import type { Answers, Missing } from "../../provision/types.js";
import { renderMissing, savedAnswers } from "../../terminal/messages.js";
import { errorDocument, interruptedDocument, type SetupStatus, setupDocument } from "../../terminal/plan-json.js";
import { fillDefaults, missing } from "../../wizard/answers.js";
import { envUpdates } from "../../wizard/env.js";
import type { SetupOptions } from "../../wizard/types.js";
import { type Connection, connect } from "../connect.js";
import { exitCodeOf } from "../exit-code.js";
import type { Given, Signals } from "../main.js";
import { openSession, type Session } from "../session.js";
import { carryOut } from "./carry-out.js";
import { decide } from "./decide.js";
import type { Ending } from "./ending.js";
import { type Gathered, gather, givenAnswers, refuseEarly } from "./gather.js";
import { beginProbes, probeKeys } from "./probe.js";

/** Runs setup and says how it ended; the result on stdout, everything else on stderr. */
export async function setup(given: Given<SetupOptions>, signals: Signals): Promise<number> {
  const session = await openSession(given, signals);
  let connection: Connection | undefined;
  try {
    connection = await connect(session);
    const ending = await run(session, given, connection);
    print(session, given.options, ending);
    return ending.exitCode;
  } catch (error) {
    const code = signals.code();
    if (code === undefined) session.output.fail(error);
    else session.output.talk("Interrupted.");
    const told = code === undefined ? errorDocument(error) : interruptedDocument("npm run setup");
    const status: SetupStatus = exitCodeOf(error) === exitCodes.usage || isRefusal(error) ? "refused" : "failed";
    if (given.options.json) session.output.result(setupDocument({ status, error: told }));
    return code ?? exitCodeOf(error);
  } finally {
    connection?.close();
    await session.close();
  }
}

const isRefusal = (error: unknown) => (error as { kind?: unknown }).kind === "refused";

/** The flow by itself, without printing how it ended: also what `verify --fix` runs. */
export async function run(
  session: Session,
  { options, flags }: Given<SetupOptions>,
  connection: Connection | undefined,
): Promise<Ending> {
  const given = givenAnswers(session, flags);
  const today = new Date();
  if (!connection) return actionRequired(session, missing(fillDefaults(given, { today })));
  const { remote, token } = connection;
  const git = gitIn(process.cwd());
  const deps = { session, remote, git, today };
  await refuseEarly(deps, given);
  // Nobody is going to type other keys: those that are there can be tried while Heroku is read.
  const begun = session.prompts ? undefined : beginProbes(session, given);

  let answers: Answers = { ...given, token };
  let gathered: Gathered;
  for (;;) {
    const gathering = await gather(deps, answers);
    if (gathering.kind === "missing") return actionRequired(session, gathering.missing);
    gathered = gathering;
    const meant = await stackMeant(session, options, gathered);
    if (meant) {
      answers = { ...answers, ...meant };
      continue;
    }
    // What Heroku or the checkout rules out needs no key to be tried.
    if (gathered.plan.refusals.length > 0) break;
    const probing = await probeKeys(session, gathered, begun);
    if (probing.kind === "done") break;
    if (probing.kind === "left") return left(gathered);
    answers = probing.answers;
  }
  const ending = await decide(session, options, gathered);
  if (ending) return ending;
  await offerToSave(session, gathered.desired.answers);
  return carryOut(deps, gathered);
}

/** Where there is a stack under other names: its names, when the person means that one and not a second. */
async function stackMeant(
  session: Session,
  options: SetupOptions,
  { actual, desired, plan }: Gathered,
): Promise<Answers | undefined> {
  const { prompts } = session;
  const found = plan.consents.some(({ id }) => id === "second-stack") && !options.secondStack;
  if (!prompts || !found || session.agreed.has("second-stack")) return undefined;
  const { askAdopt } = await import("../../wizard/questions.js");
  const wanted = { pipelineApp: desired.pipeline.name, metabaseApp: desired.metabase.name };
  const { pipelineApp, metabaseApp } = await askAdopt(actual.elsewhere, wanted, prompts);
  session.agreed.add("second-stack");
  if (pipelineApp === wanted.pipelineApp && metabaseApp === wanted.metabaseApp) return undefined;
  return {
    "pipeline-app": { value: pipelineApp, origin: "typed" },
    "metabase-app": { value: metabaseApp, origin: "typed" },
  };
}

function actionRequired({ output }: Session, wanted: readonly Missing[]): Ending {
  output.talk(renderMissing(wanted, output.style.talk));
  return {
    status: "action_required",
    exitCode: exitCodes.usage,
    missing: wanted,
    next: [{ command: "npm run setup", why: "on a terminal, to be asked; or give each answer by its variable" }],
    lines: [],
  };
}

function left({ plan }: Gathered): Ending {
  const error = { id: "declined", message: "Nothing was changed.", commands: [] };
  return { status: "refused", exitCode: exitCodes.failed, plan, error, lines: [] };
}

/** Typed answers are offered to `.env`, so that the next run does not ask; nothing is written unasked. */
async function offerToSave({ prompts, envFile, output }: Session, answers: Answers): Promise<void> {
  const updates = envUpdates(answers);
  if (!prompts || Object.keys(updates).length === 0) return;
  const { askSaveToEnv } = await import("../../wizard/questions.js");
  if (!(await askSaveToEnv({ path: envFile.path, variables: Object.keys(updates) }, prompts))) return;
  await saveEnvFile(envFile.path, updates);
  output.talk(savedAnswers(envFile.path));
}

function print({ output }: Session, { json }: SetupOptions, ending: Ending): void {
  if (json) output.result(setupDocument(ending));
  else output.result(ending.lines);
}
