// The command that goes on from here, as this run was called: a rehearsal stays one, and other app names stay named.
import { type AnswerName, answers } from "../../config/answers.js";
import type { AnswerFlags } from "../wizard/types.js";

/** Flags without which the next command would look at another stack. */
const naming: readonly AnswerName[] = ["pipeline-app", "metabase-app"];

export interface CalledWith {
  readonly sandbox: boolean;
  readonly envFile: string | undefined;
  readonly flags: AnswerFlags;
}

/**
 * A command of this project with what it needs from this run's command line added.
 * @param command such as `npm run setup -- --yes`; any other command comes back as it is
 */
export function followUp(command: string, called: CalledWith): string {
  const ours = /^npm run (setup|verify)\b/.test(command);
  const more = [
    ...(called.sandbox ? ["--sandbox"] : []),
    ...(called.envFile === undefined ? [] : [`--env-file ${quoted(called.envFile)}`]),
    ...naming.flatMap((name) => {
      const flag = answers.find((answer) => answer.name === name && "flag" in answer);
      const value = called.flags[name];
      return flag && value !== undefined && !command.includes(`--${name} `) ? [`--${name} ${quoted(value)}`] : [];
    }),
  ];
  if (!ours || more.length === 0) return command;
  return `${command}${command.includes(" -- ") ? "" : " --"} ${more.join(" ")}`;
}

/** A word as a shell takes it whole. */
function quoted(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
