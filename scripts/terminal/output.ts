// The one writer: results to stdout, talk to stderr, everything through the redactor.
import type { Writable } from "node:stream";
import type { Role } from "../../config/stack.js";
import type { Environment } from "../common/hosts.js";
import type { Redactor } from "../common/redact.js";
import { renderError } from "./errors-text.js";
import { asciiText, decideStyle, type Style, type Styles } from "./style.js";
import { type TaskView, taskView } from "./tasks.js";

/** A stream as Node gives it: perhaps a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export interface OutputSpec {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Environment;
  /** the result is one JSON document */
  readonly json: boolean;
  /** a command as a person has to type it after this run */
  readonly commandAs?: ((command: string) => string) | undefined;
}

export interface Output {
  /** how to render for each of the two */
  readonly style: Styles;
  /** Writes what the command was asked for to stdout: lines, or with `json` one document. */
  result(what: readonly string[] | object): void;
  /** Writes what is said along the way to stderr. */
  talk(lines: readonly string[] | string): void;
  /** Says an error to stderr; DEBUG=1 adds the stack of a bug. */
  fail(error: unknown): void;
  /** A view of running tasks on stderr; `names` are what the two apps are called. */
  tasks(names?: Readonly<Record<Role, string>>, now?: () => number): TaskView;
  /** Resolves when everything written so far has left the process, or nobody reads any more. */
  flush(): Promise<void>;
  /** Stops listening to the streams. */
  close(): void;
}

/**
 * Everything that a command shows goes through here. A reader that has gone away (EPIPE, `| head`) ends the output,
 * not the command.
 */
export function createOutput(spec: OutputSpec, redactor: Redactor): Output {
  const { stdout, stderr, env, json } = spec;
  const decided = decideStyle({
    env,
    stdoutIsTty: stdout.isTTY === true,
    stderrIsTty: stderr.isTTY === true,
    columns: stderr.columns ?? stdout.columns,
    json,
  });
  const commandAs = spec.commandAs ?? ((command: string) => command);
  const style: Styles = { result: { ...decided.result, commandAs }, talk: { ...decided.talk, commandAs } };
  const closeResult = quietly(stdout);
  const closeTalk = quietly(stderr);

  const write = (stream: OutputStream, text: string) => {
    if (!stream.destroyed && !stream.writableEnded) stream.write(text);
  };
  const writeLines = (stream: OutputStream, how: Style, lines: readonly string[]) => {
    if (lines.length === 0) return;
    const text = redactor.text(lines.join("\n"));
    write(stream, `${how.unicode ? text : asciiText(text)}\n`);
  };
  const talk = (lines: readonly string[] | string) =>
    writeLines(stderr, style.talk, typeof lines === "string" ? [lines] : lines);

  return {
    style,
    result: (what) => {
      if (isLines(what)) writeLines(stdout, style.result, what);
      else write(stdout, `${documentText(what, (text) => commandAs(redactor.text(text)))}\n`);
    },
    talk,
    fail: (error) => talk(renderError(error, style.talk, redactor, isDebug(env))),
    tasks: (names, now = Date.now) => taskView(style.talk, { stream: stderr, now, redactor, names }),
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
    close: () => {
      closeResult();
      closeTalk();
    },
  };
}

function isLines(what: readonly string[] | object): what is readonly string[] {
  return Array.isArray(what);
}

/** Texts are masked one by one before they are quoted, so that the document stays JSON whatever a secret looks like. */
function documentText(document: object, shown: (text: string) => string): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === "string" ? shown(value) : value), 2);
}

function isDebug(env: Environment): boolean {
  return env.DEBUG !== undefined && !["", "0", "false"].includes(env.DEBUG);
}

/** Swallows "nobody reads any more"; other errors of a stream are raised as if nobody listened. */
function quietly(stream: OutputStream): () => void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  };
  stream.on("error", onError);
  return () => stream.off("error", onError);
}

function drained(stream: OutputStream): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stream.off("close", done);
      resolve();
    };
    stream.once("close", done);
    stream.write("", done);
  });
}
