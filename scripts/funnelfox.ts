#!/usr/bin/env node
// `node dist/scripts/funnelfox.js`: FunnelFox's lists into the warehouse.
import { setMaxListeners } from "node:events";
import { ExpectedError, exitCodes, messageOf } from "./common/errors.js";
import { loadFunnelfox } from "./funnelfox/run.js";
import { help, readArgs, readSettings } from "./funnelfox/settings.js";
import { talkTo } from "./funnelfox/talk.js";

const tell = talkTo((line) => void process.stderr.write(line));

async function main(): Promise<number> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let code: number | undefined;
  const stop = (exitCode: number) => () => {
    code ??= exitCode;
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  process.on("SIGTERM", stop(exitCodes.terminated));
  process.on("SIGINT", stop(exitCodes.interrupted));
  try {
    const args = readArgs(process.argv.slice(2));
    if (args.kind === "help") {
      process.stdout.write(help);
      return exitCodes.done;
    }
    const started = Date.now();
    const settings = readSettings(process.env, started);
    const { rows, changed } = await loadFunnelfox(settings, args, {
      env: process.env,
      tell,
      signal: controller.signal,
    });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(`rows=${rows} changed=${changed} seconds=${seconds}\n`);
    return exitCodes.done;
  } catch (error) {
    if (code !== undefined) {
      tell.say("Stopped. What was committed stays, and the next run goes on from there.");
      return code;
    }
    if (!(error instanceof ExpectedError)) {
      tell.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      tell.failure(`This is a bug in reluvia-dwh: ${messageOf(error)}`);
      return exitCodes.failed;
    }
    if (error.why) tell.say(error.why);
    for (const command of error.commands) tell.say(`  ${command}`);
    tell.failure(error.message);
    return error.exitCode;
  }
}

process.exitCode = await main();
