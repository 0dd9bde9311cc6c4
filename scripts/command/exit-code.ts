// The exit code that an error asks for.
import { ExpectedError, exitCodes } from "../common/errors.js";

/** A bug counts as failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ExpectedError) return error.exitCode;
  return exitCodes.failed;
}
