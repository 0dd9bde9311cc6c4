#!/usr/bin/env node
// `npm run python`: makes the Python environment of the pipeline in .venv, or brings it up to requirements.txt.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExpectedError, exitCodes } from "./common/errors.js";
import { ensurePython } from "./python/ensure.js";

const HELP = `Usage: npm run python [-- --dev]

Makes .venv with the packages of requirements.txt, from Python 3.13, 3.12 or 3.11, whichever is found first.
  --dev    also what tests and linting need (requirements-dev.txt)
  --help   this text
`;

async function toExitCode(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => !["--dev", "--help", "-h"].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`There is no option ${unknown}.\n\n${HELP}`);
    return exitCodes.usage;
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(HELP);
    return exitCodes.done;
  }
  const controller = new AbortController();
  let code: number = exitCodes.interrupted;
  const stop = (name: NodeJS.Signals) => {
    code = name === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const { python } = await ensurePython({
      root: join(dirname(fileURLToPath(import.meta.url)), "..", ".."),
      env: process.env,
      report: (line) => process.stderr.write(`${line}\n`),
      development: args.includes("--dev"),
      signal: controller.signal,
    });
    process.stdout.write(`${python}\n`);
    return exitCodes.done;
  } catch (error) {
    if (controller.signal.aborted) return code;
    if (!(error instanceof ExpectedError)) throw error;
    const hints = error.commands.map((command) => `  ${command}\n`).join("");
    process.stderr.write(`${error.message}\n${error.why ? `${error.why}\n` : ""}${hints}`);
    return error.exitCode;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

process.exitCode = await toExitCode(process.argv.slice(2));
