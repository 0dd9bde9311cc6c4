// A plan for a person: what is created, changed and left alone, where each value came from, and what it costs a month.
import { PRICES_NOTED_ON } from "../../config/prices.js";
import { type Consent, changesOf, type Notice, type Plan, type Step } from "../provision/types.js";
import { commandLines, problemLines, renderRefusals } from "./errors-text.js";
import { planCount } from "./messages.js";
import { dollars, monthly } from "./money.js";
import { stepRows, unmanagedText } from "./plan-rows.js";
import { type Paint, paint, type Style } from "./style.js";
import { table } from "./table.js";
import { fold, foldAfter, plain } from "./width.js";

export interface PlanTextSpec {
  readonly style: Style;
  /** the day of the price table, when prices were taken from it; undefined: all are live */
  readonly pricesNotedOn?: string | undefined;
}

/** The whole plan: each app, the prices, one counting line, then what a person should know or decide. */
export function renderPlan(plan: Plan, spec: PlanTextSpec): string[] {
  const { style } = spec;
  const painted = paint(style);
  const changes = changesOf(plan);
  const pricesNotedOn = "pricesNotedOn" in spec ? spec.pricesNotedOn : PRICES_NOTED_ON;
  return [
    ...(changes.length > 0 ? appsOf(plan).flatMap((steps) => appBlock(steps, style, painted)) : leftAlone(plan, style)),
    ...priceBlock(plan, pricesNotedOn, style, painted),
    ...fold(`${painted.strong("Whole stack:")} ${painted.strong(monthly(plan.monthlyCents))}`, style.columns),
    ...fold(planCount(plan), style.columns),
    ...after(renderNotices("Good to know", plan.notices, style)),
    ...after(consentLines(plan.consents, style, painted)),
    ...after(renderRefusals(plan.refusals, style)),
  ];
}

/** A numbered list of what a person does by hand or should know; empty for none. */
export function renderNotices(title: string, notices: readonly Notice[], style: Style): string[] {
  if (notices.length === 0) return [];
  const painted = paint(style);
  return [
    painted.strong(title),
    ...notices.flatMap(({ text, commands }, index) => {
      const lead = `  ${index + 1}. `;
      return [
        ...foldAfter(lead, plain(text), style.columns),
        ...commandLines(" ".repeat(lead.length), commands, painted),
      ];
    }),
  ];
}

function appsOf(plan: Plan): Step[][] {
  const apps = new Map<string, Step[]>();
  for (const step of plan.steps) apps.set(step.app, [...(apps.get(step.app) ?? []), step]);
  return [...apps.values()];
}

function appBlock(steps: readonly Step[], style: Style, painted: Paint): string[] {
  const count = (action: Step["action"]) => steps.filter((step) => step.action === action).length;
  const parts = [
    [count("create"), "to create"],
    [count("change"), "to change"],
    [count("adopt"), "taken over"],
  ] as const;
  const counts = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const head = `${painted.strong(plain(steps[0]?.app ?? ""))}  ${painted.dim(counts.join(", ") || "as declared")}`;
  return [head, ...stepRows(steps, style, painted), ""];
}

/** Of a plan that writes nothing, only what is there undeclared. */
function leftAlone(plan: Plan, style: Style): string[] {
  const lines = appsOf(plan).flatMap((steps) => {
    const text = unmanagedText(steps);
    return text === "" ? [] : foldAfter("  ", `${plain(steps[0]?.app ?? "")}: ${text}`, style.columns);
  });
  return lines.length === 0 ? [] : ["Left alone, not declared here:", ...lines, ""];
}

function priceBlock(plan: Plan, pricesNotedOn: string | undefined, style: Style, painted: Paint): string[] {
  if (plan.prices.length === 0) return [];
  const rows = plan.prices.map(({ what, monthlyCents, perAccount }) => [
    plain(what),
    dollars(monthlyCents),
    perAccount ? painted.dim("once for the account") : "",
  ]);
  const noted = pricesNotedOn === undefined ? "" : `  ${painted.dim(`as noted on ${pricesNotedOn}`)}`;
  return [
    `${painted.strong("Prices a month")}${noted}`,
    ...table(rows, { columns: [{}, { align: "right" }, {}], indent: 2, width: style.columns }),
    "",
  ];
}

/** What has to be agreed to in so many words, with the flag that says so. */
function consentLines(consents: readonly Consent[], style: Style, painted: Paint): string[] {
  return consents.flatMap((consent, index) => [
    ...(index === 0 ? [] : [""]),
    ...problemLines({ ...consent, commands: [] }, style, "warn"),
    ...commandLines("  Agree with: ", [consent.flag], painted),
    ...commandLines(
      "  Or instead: ",
      consent.commands.filter((command) => !command.includes(consent.flag)),
      painted,
    ),
  ]);
}

function after(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}
