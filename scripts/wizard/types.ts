// What a run of setup was asked for, before anything is read: options of the command line and the answers found so far.
import type { AnswerName } from "../../config/answers.js";
import type { Answers } from "../provision/types.js";

/** The switches of setup that are not answers. */
export interface SetupOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly detailedExitcode: boolean;
  readonly json: boolean;
  readonly noInput: boolean;
  /** path given with --env-file; undefined: `.env` when it is there */
  readonly envFile: string | undefined;
  readonly maxMonthlyCents: number | undefined;
  readonly deployHead: boolean;
  readonly acceptCve: boolean;
  /** takes over an app of one's own that runs something else */
  readonly adopt: boolean;
  /** makes a stack beside one that is there under other names */
  readonly secondStack: boolean;
  readonly sandbox: boolean;
}

/** Answers by source, checked; problems are all of them, so that they can be said at once. */
export interface Collected {
  readonly answers: Answers;
  readonly problems: readonly {
    readonly name: AnswerName;
    readonly source: "flag" | "environment" | ".env";
    readonly message: string;
  }[];
}

/** The switches of verify that are not answers. */
export interface VerifyOptions {
  readonly json: boolean;
  /** ids of checks; undefined: all of them */
  readonly only: readonly string[] | undefined;
  readonly fix: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  /** path given with --env-file; undefined: `.env` when it is there */
  readonly envFile: string | undefined;
  readonly maxMonthlyCents: number | undefined;
  readonly deployHead: boolean;
  readonly sandbox: boolean;
}

/** Answers as they stood on the command line, unchecked. */
export type AnswerFlags = Readonly<Partial<Record<AnswerName, string>>>;
