// Whether anybody is there to be asked.
import type { Environment } from "../common/hosts.js";
import type { SetupOptions } from "./types.js";

export interface InteractiveFacts {
  /** answers are typed there */
  readonly stdinIsTty: boolean;
  /** questions are shown there */
  readonly stderrIsTty: boolean;
  readonly options: Pick<SetupOptions, "yes" | "json" | "noInput">;
  readonly env: Environment;
}

/** True when questions may be asked: a person at a terminal who has not said --yes, --json or --no-input, outside CI. */
export function isInteractive({ stdinIsTty, stderrIsTty, options, env }: InteractiveFacts): boolean {
  const ci = env.CI !== undefined && !["", "0", "false"].includes(env.CI);
  return stdinIsTty && stderrIsTty && !ci && !options.yes && !options.json && !options.noInput;
}
