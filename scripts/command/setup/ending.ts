// How a run of setup ended, as data: what to print, which document, which exit code.
import { exitCodes } from "../../common/errors.js";
import type { Missing, Plan } from "../../provision/types.js";
import type { ErrorDocument, NextCommand, SetupStatus } from "../../terminal/plan-json.js";

export interface Ending {
  readonly status: SetupStatus;
  readonly exitCode: number;
  readonly plan?: Plan | undefined;
  readonly missing?: readonly Missing[] | undefined;
  readonly next?: readonly NextCommand[] | undefined;
  readonly error?: ErrorDocument | undefined;
  /** the result for a person, on stdout */
  readonly lines: readonly string[];
}

/** A refusal: nothing was written. Of what is refused only the parts of an error go into the document. */
export function refusedEnding(plan: Plan, { id, message, why, commands }: ErrorDocument): Ending {
  const error: ErrorDocument = {
    ...(id === undefined ? {} : { id }),
    message,
    ...(why === undefined ? {} : { why }),
    commands,
  };
  const next = commands.slice(0, 1).map((command) => ({ command, why: why ?? message }));
  return { status: "refused", exitCode: exitCodes.failed, plan, error, next, lines: [] };
}
