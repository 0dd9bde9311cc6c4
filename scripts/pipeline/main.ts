// The pipeline as a command: arguments, signals, output; the last line and the exit code whatever happens.
import { tooOld } from "../command/main.js";
import { ExpectedError, exitCodes } from "../common/errors.js";
import { redirectedHosts } from "../common/hosts.js";
import { Redactor } from "../common/redact.js";
import { realSleep } from "../common/retry.js";
import { Secret } from "../common/secret.js";
import { decideStyle } from "../terminal/style.js";
import { parsePipelineArgs, pipelineHelp } from "./arguments.js";
import type { PipelineDeps } from "./context.js";
import { failedLine, lastLine, outcomeDocument, refusedDocument } from "./ending.js";
import { projectRoot } from "./launch.js";
import { errorReason } from "./reasons.js";
import { createReporter } from "./reporter.js";
import { runPipeline } from "./run.js";
import { hearSignals } from "./signals.js";
import type { PipelineOptions } from "./types.js";

/** Config vars whose values must never be seen. */
const SECRETS = [
  "DATABASE_URL",
  "TAP_STRIPE_API_KEY",
  "TAP_AMPLITUDE_API_KEY",
  "TAP_AMPLITUDE_SECRET_KEY",
  "FUNNELFOX_API_KEY",
  "SLACK_WEBHOOK_URL",
  "PAPERTRAIL_API_TOKEN",
  "HEROKU_API_KEY",
  "PGPASSWORD",
];

/**
 * Runs the command.
 * @param argv the words after the script's name
 * @param change stands in for parts of the run, for rehearsals
 * @returns the exit code
 */
export async function pipelineMain(argv: readonly string[], change: Partial<PipelineDeps> = {}): Promise<number> {
  const { env, stdout, stderr } = process;
  const redactor = new Redactor();
  for (const name of SECRETS) {
    const value = env[name]?.trim();
    if (value) redactor.add(new Secret(value));
  }
  for (const stream of [stdout, stderr]) stream.on("error", ignoreGoneReader);
  const json = argv.includes("--json");
  const result = (text: string) => void stdout.write(`${redactor.text(text)}\n`);
  const talk = (text: string) => void stderr.write(text);
  /** The last line is the last on the stream that it stands on; with --json stdout is the document's. */
  const last = (line: string, document: object) => {
    if (!json) return result(line);
    talk(`${redactor.text(line)}\n`);
    result(JSON.stringify(document, null, 2));
  };
  const refuse = (error: unknown): number => {
    const reason = errorReason(error);
    last(failedLine(reason), refusedDocument(redactor.text(reason)));
    return error instanceof ExpectedError ? error.exitCode : exitCodes.failed;
  };

  const old = tooOld(process.versions.node);
  if (old) return refuse(new ExpectedError("usage", old));
  let options: PipelineOptions;
  try {
    const given = parsePipelineArgs(argv, new Date().toISOString().slice(0, 10));
    if (given.kind === "help") {
      stdout.write(pipelineHelp);
      return exitCodes.done;
    }
    options = given.options;
  } catch (error) {
    return refuse(error);
  }

  const style = decideStyle({
    env,
    stdoutIsTty: stdout.isTTY === true,
    stderrIsTty: stderr.isTTY === true,
    columns: stderr.columns,
    json,
  }).talk;
  const reporter = createReporter({ write: talk, style, rows: stderr.rows, now: Date.now, redactor });
  const signals = hearSignals((signal) => reporter.warn(`${signal}: stopping what runs; this takes up to 25 seconds.`));
  // Children end with this process, so a bug in a callback has only the last line to say.
  const onBug = (error: unknown) => {
    reporter.close();
    refuse(error);
    process.exit(exitCodes.failed);
  };
  process.on("uncaughtException", onBug);
  try {
    for (const { variable, url } of redirectedHosts(env)) reporter.event("host", { variable, url });
    const outcome = await runPipeline(options, {
      env,
      now: Date.now,
      sleep: realSleep,
      reporter,
      redactor,
      stop: signals.stop,
      root: projectRoot,
      python: async (signal) => {
        const { ensurePython } = await import("../python/ensure.js");
        const report = (line: string) => reporter.event("python", { says: line });
        return (await ensurePython({ root: projectRoot, env, report, signal })).bin;
      },
      ...change,
    });
    reporter.close();
    last(lastLine(outcome), outcomeDocument(outcome));
    return outcome.exitCode;
  } catch (error) {
    reporter.close();
    return refuse(error);
  } finally {
    signals.close();
    process.off("uncaughtException", onBug);
  }
}

/** A reader that has gone away ends the output, not the run. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
}
