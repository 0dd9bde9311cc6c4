// What every command does around its own work: arguments, signals, errors, exit code.
import { setMaxListeners } from "node:events";
import { createRequire } from "node:module";
import { exitCodes } from "../common/errors.js";
import type { AnswerFlags } from "../wizard/types.js";

export interface Command<Options> {
  readonly parse: (argv: readonly string[]) => Parsed<Options>;
  readonly help: (columns: number) => string;
  /** refuses a run that cannot be what was meant, before anything is loaded */
  readonly precheck: () => void;
  /** the document that says why the command line was not taken, where a script asked for one */
  readonly document: (error: unknown) => Promise<object>;
  /** loads and runs the command itself: kept out of the way of --help and of wrong flags */
  readonly run: (given: Given<Options>, signals: Signals) => Promise<number>;
}

type Parsed<Options> =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ({ readonly kind: "run" } & Given<Options>);

export interface Given<Options> {
  readonly options: Options;
  readonly flags: AnswerFlags;
}

export interface Signals {
  /** aborted by the first SIGINT or SIGTERM */
  readonly signal: AbortSignal;
  /** called at the first one, to say what exists */
  onInterrupt(tell: () => void): void;
  /** the exit code that the signal asks for, or undefined when there was none */
  code(): number | undefined;
}

const [MAJOR, MINOR] = [20, 17];

/** Runs a command to its exit code. The only place that ends the process, and only at a second Ctrl-C. */
export async function main<Options>(command: Command<Options>): Promise<void> {
  process.exitCode = await toExitCode(command);
}

async function toExitCode<Options>(command: Command<Options>): Promise<number> {
  const old = tooOld(process.versions.node);
  if (old) return refuse(old);
  let given: Parsed<Options>;
  try {
    command.precheck();
    given = command.parse(process.argv.slice(2));
  } catch (error) {
    return tell(error, command.document);
  }
  if (given.kind === "help") return say(command.help(process.stdout.columns || 80));
  if (given.kind === "version") return say(version());
  const signals = listen();
  try {
    return await command.run(given, signals);
  } catch (error) {
    return signals.code() ?? (await tell(error, command.document));
  }
}

/** Why this Node cannot run it; modules that need a newer one are loaded only afterwards. */
export function tooOld(node: string): string | undefined {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return undefined;
  return `Node ${node} is too old: ${MAJOR}.${MINOR} or newer is needed. Get it from https://nodejs.org.`;
}

function version(): string {
  const require = createRequire(import.meta.url);
  return (require("../../../package.json") as { version: string }).version;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.done;
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return exitCodes.usage;
}

/** An error from before there is an output of the command's own; a script that wants JSON gets it. */
async function tell(error: unknown, document: (error: unknown) => Promise<object>): Promise<number> {
  const [{ createOutput }, { Redactor }, { exitCodeOf }] = await Promise.all([
    import("../terminal/output.js"),
    import("../common/redact.js"),
    import("./exit-code.js"),
  ]);
  const json = process.argv.includes("--json");
  const streams = { stdout: process.stdout, stderr: process.stderr };
  const output = createOutput({ ...streams, env: process.env, json }, new Redactor());
  output.fail(error);
  if (json) output.result(await document(error));
  await output.flush();
  output.close();
  return exitCodeOf(error);
}

/** The handlers stay to the end: a second Ctrl-C while the command winds up has to find one. */
function listen(): Signals {
  const controller = new AbortController();
  // Every call that is under way listens; there is no leak to warn of.
  setMaxListeners(0, controller.signal);
  let code: number | undefined;
  let told: () => void = () => undefined;
  const on = (name: "SIGINT" | "SIGTERM") => () => {
    const mine = name === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
    // A second one leaves at once, whatever is still under way.
    if (code !== undefined) process.exit(mine);
    code = mine;
    told();
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  const handlers = { SIGINT: on("SIGINT"), SIGTERM: on("SIGTERM") };
  process.on("SIGINT", handlers.SIGINT);
  process.on("SIGTERM", handlers.SIGTERM);
  return {
    signal: controller.signal,
    onInterrupt: (tell) => {
      told = tell;
    },
    code: () => code,
  };
}
