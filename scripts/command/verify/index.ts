// The flow of verify: look, say, and with --fix do what setup would do.
import { ExpectedError, exitCodes } from "../../common/errors.js";
import { exitCodeOf as exitCodeOfVerdict, verdict } from "../../health/verdict.js";
import { changesOf } from "../../provision/types.js";
import { renderChecks } from "../../terminal/checks-text.js";
import { errorDocument, interruptedDocument, verifyDocument } from "../../terminal/plan-json.js";
import type { SetupOptions, VerifyOptions } from "../../wizard/types.js";
import { type Connection, connect, noToken } from "../connect.js";
import { exitCodeOf } from "../exit-code.js";
import type { Given, Signals } from "../main.js";
import { openSession, type Session } from "../session.js";
import { givenAnswers } from "../setup/gather.js";
import { run as runSetup } from "../setup/index.js";
import { type Look, look } from "./look.js";

/** Runs verify and says what it found: a table or one document on stdout. */
export async function verify(given: Given<VerifyOptions>, signals: Signals): Promise<number> {
  const { options } = given;
  const session = await openSession(given, signals);
  let connection: Connection | undefined;
  try {
    const answers = givenAnswers(session, given.flags);
    connection = await connect(session);
    if (!connection) throw noToken();
    const { remote } = connection;
    const first = await look(session, remote, answers, options.only);
    const mendable = verdict(first.results) === "unhealthy" || changesOf(first.plan).length > 0;
    if (!options.fix || !mendable) return tell(session, options, first);
    session.output.talk(renderChecks(first.results, session.output.style.talk, verdict(first.results)));
    const ending = await runSetup(session, { options: setupOptions(options), flags: given.flags }, connection);
    if (ending.exitCode !== exitCodes.done) {
      if (options.json)
        session.output.result(verifyDocument({ status: "unhealthy", checks: first.results, error: ending.error }));
      return ending.exitCode;
    }
    session.output.talk(ending.lines);
    return tell(session, options, await look(session, remote, answers, options.only));
  } catch (error) {
    const code = signals.code();
    if (code === undefined) session.output.fail(error);
    else session.output.talk("Interrupted.");
    const told = code === undefined ? errorDocument(error) : interruptedDocument("npm run verify");
    if (options.json) session.output.result(verifyDocument({ status: "unknown", checks: [], error: told }));
    return code ?? codeFor(error);
  } finally {
    connection?.close();
    await session.close();
  }
}

function tell({ output }: Session, { json }: VerifyOptions, { results }: Look): number {
  const status = verdict(results);
  output.result(
    json ? verifyDocument({ status, checks: results }) : renderChecks(results, output.style.result, status),
  );
  return exitCodeOfVerdict(status);
}

/** Heroku refusing to be read says nothing about the stack: that is "could not check". */
function codeFor(error: unknown): number {
  const code = exitCodeOf(error);
  return error instanceof ExpectedError && code === exitCodes.failed ? exitCodes.couldNotCheck : code;
}

function setupOptions(options: VerifyOptions): SetupOptions {
  const { json, yes, noInput, envFile, maxMonthlyCents, deployHead, sandbox } = options;
  return {
    json,
    yes,
    noInput,
    envFile,
    maxMonthlyCents,
    deployHead,
    sandbox,
    dryRun: false,
    detailedExitcode: false,
    acceptCve: false,
    adopt: false,
    secondStack: false,
  };
}
