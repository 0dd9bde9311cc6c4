// Errors that a person can act on: what is wrong, likely why, and the one command; everything else is a bug.

/** Exit codes of every command. */
export const exitCodes = {
  done: 0,
  failed: 1,
  changesDue: 2,
  couldNotCheck: 3,
  usage: 64,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * usage: the command line or an answer is wrong · missing: an answer is not there · refused: nothing was done, by choice
 * or by rule · failed: something was tried and did not work · unreachable: it could not be checked (network, token)
 */
export type ErrorKind = "usage" | "missing" | "refused" | "failed" | "unreachable";

const exitCodeOf: Readonly<Record<ErrorKind, number>> = {
  usage: exitCodes.usage,
  missing: exitCodes.usage,
  refused: exitCodes.failed,
  failed: exitCodes.failed,
  unreachable: exitCodes.couldNotCheck,
};

export interface ErrorAdvice {
  /** likely why, in a sentence */
  readonly why?: string | undefined;
  /** commands to run next, best first; most errors have one */
  readonly commands?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/** An error that is expected to happen to people: its message is written for them and needs no stack. */
export class ExpectedError extends Error {
  override readonly name: string = "ExpectedError";
  readonly kind: ErrorKind;
  readonly why: string | undefined;
  readonly commands: readonly string[];

  constructor(kind: ErrorKind, message: string, advice: ErrorAdvice = {}) {
    super(message, advice.cause === undefined ? undefined : { cause: advice.cause });
    this.kind = kind;
    this.why = advice.why;
    this.commands = advice.commands ?? [];
  }

  get exitCode(): number {
    return exitCodeOf[this.kind];
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error such as ECONNREFUSED, looked up through causes. */
export function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return undefined;
}
