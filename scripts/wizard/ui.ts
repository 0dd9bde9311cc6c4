// The few kinds of questions that the wizard needs, without saying who shows them.
import { ExpectedError, exitCodes } from "../common/errors.js";

export interface TextQuestion {
  readonly message: string;
  /** what an empty line means; shown beside the question */
  readonly default?: string;
  /** true, or the sentence that is shown below the question, which stays */
  readonly validate: (text: string) => true | string;
}

export interface SecretQuestion {
  readonly message: string;
  readonly validate: (text: string) => true | string;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  /** the line in the list */
  readonly label: string;
  /** what remains on the screen once it is chosen; the label when absent */
  readonly short?: string;
  /** shown below the list while the cursor is on it */
  readonly description?: string;
}

export interface ChoiceQuestion<Value extends string> {
  readonly message: string;
  readonly choices: readonly Choice<Value>[];
  /** where the cursor begins */
  readonly default?: Value;
}

export interface ConfirmQuestion {
  readonly message: string;
  /** what the Enter key means */
  readonly default: boolean;
}

/** Each question resolves to its answer and throws `Interrupted` when the person leaves. */
export interface Prompts {
  /** Shows a text between questions. */
  say(text: string): void;
  input(question: TextQuestion): Promise<string>;
  /** Shows no character of what is typed. */
  password(question: SecretQuestion): Promise<string>;
  select<Value extends string>(question: ChoiceQuestion<Value>): Promise<Value>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
}

/** The person left while something was being asked: Ctrl-C, the end of the input, or a signal. */
export class Interrupted extends ExpectedError {
  override readonly name = "Interrupted";

  constructor(cause?: unknown) {
    super("refused", "Stopped at a question, so nothing more was done.", { cause, commands: ["npm run setup"] });
  }

  /** as a shell counts Ctrl-C */
  override get exitCode(): number {
    return exitCodes.interrupted;
  }
}
