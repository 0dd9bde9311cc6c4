// The exit code that an error asks for.
import { ExpectedError, exitCodes } from "../common/errors.js";
import { Interrupted } from "../wizard/ui.js";

/** A bug counts as failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ExpectedError || error instanceof Interrupted) return error.exitCode;
  return exitCodes.failed;
}
