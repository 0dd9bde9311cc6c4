// Errors in words: what is wrong, likely why, the one command; a bug is called a bug.
import { ExpectedError, messageOf } from "../common/errors.js";
import type { Redactor } from "../common/redact.js";
import type { Refusal } from "../provision/types.js";
import { type Paint, paint, type Style } from "./style.js";
import { foldAfter, plain } from "./width.js";

/** The three parts of everything that a person has to act on. */
export interface Problem {
  readonly message: string;
  readonly why?: string | undefined;
  readonly commands: readonly string[];
}

/**
 * An error for a person; of several at once (AggregateError), each.
 * @param redactor masks the run's secrets before the text is folded, so that none hides in a line break
 * @param debug shows the stack of a bug
 */
export function renderError(error: unknown, style: Style, redactor: Redactor, debug = false): string[] {
  if (error instanceof AggregateError && !(error instanceof ExpectedError) && error.errors.length > 0) {
    return error.errors.flatMap((one, index) => [
      ...(index === 0 ? [] : [""]),
      ...renderError(one, style, redactor, debug),
    ]);
  }
  return error instanceof ExpectedError
    ? problemLines(redactedProblem(error, redactor), style)
    : bugLines(error, style, redactor, debug);
}

/** Refusals of a plan, in the words of an error. */
export function renderRefusals(refusals: readonly Refusal[], style: Style): string[] {
  return refusals.flatMap((refusal, index) => [...(index === 0 ? [] : [""]), ...problemLines(refusal, style)]);
}

/** "✖ what is wrong", "Likely why: …", "Try: …"; commands are never folded, so that they can be copied. */
export function problemLines(problem: Problem, style: Style, mark: "fail" | "warn" | "unknown" = "fail"): string[] {
  const painted = paint(style);
  const { message, why, commands } = problem;
  return [
    ...foldAfter(`${painted[mark](painted.symbols[mark])} `, plain(message), style.columns),
    ...(why ? foldAfter("  Likely why: ", plain(why), style.columns) : []),
    ...commandLines("  Try: ", commands, painted),
  ];
}

/** Commands one below the other, after a lead on the first line. */
export function commandLines(lead: string, commands: readonly string[], painted: Paint): string[] {
  return commands.map((command, index) => {
    const before = index === 0 ? lead : " ".repeat(lead.length);
    return `${before}${painted.command(plain(command))}`;
  });
}

function redactedProblem(error: ExpectedError, redactor: Redactor): Problem {
  return {
    message: redactor.text(error.message),
    why: error.why === undefined ? undefined : redactor.text(error.why),
    commands: error.commands.map((command) => redactor.text(command)),
  };
}

function bugLines(error: unknown, style: Style, redactor: Redactor, debug: boolean): string[] {
  const painted = paint(style);
  const message = `This is a bug in reluvia-dwh: ${plain(redactor.text(messageOf(error)))}`;
  const head = foldAfter(`${painted.fail(painted.symbols.fail)} `, message, style.columns);
  if (!debug)
    return [...head, ...foldAfter("  ", "Run it again with DEBUG=1 to see where it happened.", style.columns)];
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [...head, ...frames.map((line) => painted.dim(`  ${plain(redactor.text(line.trim()))}`))];
}
