// Questions that come up on the way: a code, a file, a checkout, a host that does not answer, a risk, a second stack.
import { buildpackWarning } from "../../config/stack.js";
import { Secret } from "../common/secret.js";
import type { Prompts } from "./ui.js";

/** The words that accept the buildpack's hole; nothing else does. */
export const ACCEPT_CVE = "I accept CVE-2023-38646";

/**
 * Whether to write answers to the file. The Enter key means no: keys on a disk are somebody's decision.
 * @param save.variables names of what would be written, without values
 */
export async function askSaveToEnv(
  save: { readonly path: string; readonly variables: readonly string[] },
  ui: Prompts,
): Promise<boolean> {
  if (save.variables.length === 0) return false;
  ui.say(`So that the next run does not ask: ${save.variables.join(", ")}.`);
  return ui.confirm({
    message: `Save ${counted(save.variables.length, "answer")} to ${save.path}, readable by you only?`,
    default: false,
  });
}

/** The code of an authenticator, or a recovery code, which is as good as a password. */
export async function askTwoFactorCode(ui: Prompts): Promise<Secret> {
  const bare = (text: string) => text.replaceAll(/\s/g, "");
  const typed = await ui.password({
    message: "Two-factor code of your Heroku account:",
    validate: (text) =>
      /^[A-Za-z0-9-]{6,64}$/.test(bare(text)) ||
      "That is no code: six digits of your authenticator, or a recovery code.",
  });
  return new Secret(bare(typed));
}

/**
 * Whether to deploy the last commit although files differ from it.
 * @param checkout.files paths that are not committed
 */
export async function askDirtyCheckout(checkout: { readonly files: readonly string[] }, ui: Prompts): Promise<boolean> {
  const { files } = checkout;
  const some = files.slice(0, 5);
  const more = files.length > some.length ? ` and ${files.length - some.length} more` : "";
  ui.say(`Not committed: ${some.join(", ")}${more}. Only what is committed can be deployed.`);
  return ui.confirm({ message: "Deploy the last commit without these changes?", default: false });
}

/**
 * Whether to go on with a key that could not be tried.
 * @param probe.source name of the service
 * @param probe.why what went wrong, in a sentence without secrets
 */
export async function askProbeFailed(
  probe: { readonly source: string; readonly why: string },
  ui: Prompts,
): Promise<boolean> {
  ui.say(`The ${probe.source} key could not be checked. ${probe.why}`);
  return ui.confirm({
    message: `Go on without knowing whether the ${probe.source} key works?`,
    default: false,
  });
}

/** Whether the person accepts the buildpack's hole in so many words. An empty line declines. */
export async function askAcceptCve(ui: Prompts): Promise<boolean> {
  ui.say(buildpackWarning);
  const typed = await ui.input({
    message: `Type "${ACCEPT_CVE}" to go on, or nothing to leave:`,
    validate: (text) => text.trim() === "" || text.trim() === ACCEPT_CVE || `Only these words count: ${ACCEPT_CVE}`,
  });
  return typed.trim() === ACCEPT_CVE;
}

export interface ExistingStack {
  readonly pipelineApp: string;
  readonly metabaseApp: string;
}

/**
 * Which stack is meant when there is one under other names.
 * @returns the names to go on with: those of an existing stack, or the wanted ones for a second bill
 */
export async function askAdopt(
  found: readonly ExistingStack[],
  wanted: ExistingStack,
  ui: Prompts,
): Promise<ExistingStack> {
  const names = ({ pipelineApp, metabaseApp }: ExistingStack) => `${pipelineApp} and ${metabaseApp}`;
  if (found.length === 0) return wanted;
  ui.say(`You already have ${found.map(names).join("; ")}. Other names make a second stack and a second bill.`);
  const chosen = await ui.select({
    message: "Which apps are meant?",
    choices: [
      ...found.map((stack, index) => ({ value: String(index), label: `${names(stack)}, which are there` })),
      { value: "new", label: `${names(wanted)}, new ones beside them` },
    ],
    default: "0",
  });
  return found[Number(chosen)] ?? wanted;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
