// The fixed sentences of a run, as functions of data.
import { type Environment, isLoopback, redirectedHosts } from "../common/hosts.js";
import { changesOf, type Missing, type Origin, type Plan } from "../provision/types.js";
import { commandLines } from "./errors-text.js";
import { dollars, monthly } from "./money.js";
import { paint, type Style } from "./style.js";
import { table } from "./table.js";
import type { TaskStanding } from "./tasks.js";
import { foldAfter, plain } from "./width.js";

const origins: Readonly<Record<Origin, string>> = {
  flag: "from a flag",
  environment: "environment",
  ".env": "from .env",
  typed: "typed",
  heroku: "from Heroku",
  default: "default",
  generated: "generated",
  // What the repository declares needs no origin.
  declared: "",
};

/** Where a value came from, in words; "" for what is simply declared. */
export function originText(origin: Origin): string {
  return origins[origin];
}

/**
 * The first line of every command that does not speak to the real hosts; undefined when it does.
 * @throws ExpectedError (usage) when a host's variable is no address
 */
export function headline(env: Environment): string | undefined {
  const redirected = redirectedHosts(env);
  const heroku = redirected.find(({ variable }) => variable === "HEROKU_HOST");
  if (heroku) {
    return isLoopback(new URL(heroku.url).hostname)
      ? `This speaks to the sandbox at ${heroku.url}, not to Heroku.`
      : `This speaks to ${heroku.url}, as HEROKU_HOST says, not to Heroku.`;
  }
  if (redirected.length === 0) return undefined;
  const others = redirected.map(({ variable, url }) => `${variable} says ${url}`).join(", ");
  return `This speaks to the real Heroku, but not to every real host: ${others}.`;
}

export const noChanges = "No changes. Both apps are as declared.";

/** One counting line. */
export function planCount(plan: Plan): string {
  const changes = changesOf(plan);
  if (changes.length === 0) return noChanges;
  const created = changes.filter(({ action }) => action === "create").length;
  return `Plan: ${created} to create, ${changes.length - created} to change, 0 to delete. Nothing is deleted by setup.`;
}

/** The question before anything is written, with the price of each paid change in it. */
export function confirmQuestion(plan: Plan): string {
  const changes = changesOf(plan);
  const paid = changes.filter(({ monthlyCents = 0 }) => monthlyCents > 0);
  const number = changes.length === 1 ? "this change" : `these ${changes.length} changes`;
  if (paid.length === 0) return `Make ${number}? The whole stack stays at ${monthly(plan.monthlyCents)}.`;
  const prices = paid
    .map(({ name, after, monthlyCents = 0 }) => `${after ?? name} ${dollars(monthlyCents)}`)
    .join(", ");
  return `Make ${number}? Paid: ${prices}. The whole stack costs ${monthly(plan.monthlyCents)}.`;
}

/** Why a plan is refused that costs more than `--max-monthly`. */
export function aboveLimit(monthlyCents: number, maxMonthlyCents: number): string {
  return `The whole stack costs ${monthly(monthlyCents)}, which is more than the ${dollars(maxMonthlyCents)} that --max-monthly allows. Nothing was done.`;
}

/** All answers that are missing, at once, each with its flag and variable. */
export function renderMissing(missing: readonly Missing[], style: Style): string[] {
  const painted = paint(style);
  const number = missing.length === 1 ? "One answer is" : `${missing.length} answers are`;
  return [
    ...foldAfter(
      `${painted.fail(painted.symbols.fail)} `,
      `${number} missing, and nobody can be asked here.`,
      style.columns,
    ),
    ...table(
      missing.map(({ name, flag, variable }) => [
        name,
        painted.command(variable),
        flag === undefined ? painted.dim("a secret: environment or .env") : `or ${painted.command(`--${flag}`)}`,
      ]),
      { columns: [{}, {}, {}], indent: 2, width: style.columns },
    ),
  ];
}

/**
 * What a person reads after Ctrl-C: what exists, what nobody knows, and the command that goes on.
 * @param command what takes the work up again, such as `npm run setup`
 */
export function renderInterrupted(standing: readonly TaskStanding[], command: string, style: Style): string[] {
  const painted = paint(style);
  const titles = (states: readonly TaskStanding["state"][]) =>
    standing.filter(({ state }) => states.includes(state)).map(({ title }) => title);
  const done = titles(["done"]);
  const open = titles(["running", "stopped"]);
  const list = (lead: string, items: readonly string[]) =>
    items.flatMap((item, index) => foldAfter(index === 0 ? lead : " ".repeat(lead.length), plain(item), style.columns));
  return [
    `${painted.warn(painted.symbols.warn)} Interrupted.${done.length + open.length === 0 ? " Nothing was changed." : ""}`,
    ...list("  Done:        ", done),
    ...list("  Unfinished:  ", open),
    ...(open.length > 0
      ? foldAfter(
          "  ",
          "Heroku may still finish what was under way. Nothing is made twice: the next run reads first.",
          style.columns,
        )
      : []),
    ...commandLines("  Go on with:  ", [command], painted),
    painted.dim("  Ctrl-C again leaves at once."),
  ];
}

export const dryRun = "This was a dry run: nothing was changed.";

/** After answers were written to a file. */
export function savedAnswers(path: string): string {
  return `Saved to ${path}, readable by you alone.`;
}
