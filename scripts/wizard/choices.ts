// The lists to choose from, each line with its price and what it holds.
import { type AnswerName, metabaseRuntimes } from "../../config/answers.js";
import { type DynoSizeName, dynoSizeNames, dynoSizes, oneOffMonthlyCents, planPrices } from "../../config/prices.js";
import { buildpackWarning } from "../../config/stack.js";
import type { PlanOffer } from "../provision/types.js";
import { dollars, monthly } from "../terminal/money.js";
import type { Choice } from "./ui.js";

export interface ChoiceContext {
  /** the apps belong to a team, so that Eco is not to be had */
  readonly team: boolean;
  /** Postgres plans that are sold, by short name; their prices win over the noted ones */
  readonly plans?: ReadonlyMap<string, PlanOffer> | undefined;
}

const POSTGRES = "heroku-postgresql";

/** The choices of an answer, or undefined for one that is typed. */
export function choicesOf(name: AnswerName, context: ChoiceContext): readonly Choice<string>[] | undefined {
  switch (name) {
    case "region":
      return [
        { value: "eu", label: "eu  Europe" },
        { value: "us", label: "us  United States" },
      ];
    case "amplitude-region":
      return [
        { value: "us", label: "us  amplitude.com" },
        { value: "eu", label: "eu  analytics.eu.amplitude.com" },
      ];
    case "metabase-runtime":
      return metabaseRuntimes.map((value) =>
        value === "container"
          ? { value, label: "container  the vendor's own image, kept up to date" }
          : { value, label: "buildpack  Metabase 0.45.3, not recommended", description: buildpackWarning },
      );
    case "postgres-plan":
      return planChoices(context.plans);
    case "metabase-dyno":
      return sizes(context).map((size) => dynoChoice(size, metabaseDyno(size), metabaseWords[size]));
    case "pipeline-dyno":
      return sizes(context).map((size) => dynoChoice(size, pipelineDyno(size), undefined));
    default:
      return undefined;
  }
}

function planChoices(live: ChoiceContext["plans"]): readonly Choice<string>[] {
  const noted = Object.entries(planPrices).filter(([name]) => name.startsWith(`${POSTGRES}:`));
  return noted.flatMap(([full, price]) => {
    const value = full.slice(POSTGRES.length + 1);
    // A plan that Heroku has stopped selling is no choice.
    if (live && !live.has(value)) return [];
    const cents = live?.get(value)?.monthlyCents ?? price.monthlyCents;
    const size = price.storageBytes === undefined ? [] : [`${Math.round(price.storageBytes / 1024 ** 3)} GB`];
    const connections = price.connections === undefined ? [] : [`${price.connections} connections`];
    return [{ value, short: value, label: line(value, [monthly(cents), ...size, ...connections]) }];
  });
}

function sizes({ team }: ChoiceContext): readonly DynoSizeName[] {
  return dynoSizeNames.filter((size) => !(team && dynoSizes[size].perAccount));
}

function dynoChoice(size: DynoSizeName, words: readonly string[], description: string | undefined): Choice<string> {
  const memory = dynoSizes[size].memoryMb;
  const label = line(size, [
    ...words.slice(0, 1),
    `${memory >= 1024 ? `${memory / 1024} GB` : `${memory} MB`}`,
    ...words.slice(1),
  ]);
  return { value: size, short: size, label, ...(description ? { description } : {}) };
}

/** Price first, then what has to be known beside the memory. */
function metabaseDyno(size: DynoSizeName): readonly string[] {
  const { monthlyCents, perAccount } = dynoSizes[size];
  return perAccount
    ? [`${monthly(monthlyCents)} for the whole account`, "sleeps after 30 minutes"]
    : [monthly(monthlyCents)];
}

/** A one-off dyno is billed by the second, so its price is what a usual month of nights adds up to. */
function pipelineDyno(size: DynoSizeName): readonly string[] {
  const { monthlyCents, perAccount } = dynoSizes[size];
  return perAccount
    ? [`${monthly(monthlyCents)} for the whole account`]
    : [`about ${dollars(oneOffMonthlyCents(size))} a month, billed by the second`];
}

const below = "512 MB is below Metabase's baseline of 1 GB: big questions can end in an error.";
const metabaseWords: Readonly<Record<DynoSizeName, string>> = {
  eco:
    `${below} An Eco Metabase sleeps after 30 minutes without visitors; the next one waits minutes behind ` +
    "Heroku's error page.",
  basic: `${below} It does not sleep.`,
  "standard-1x": `${below} It does not sleep, and is no faster than basic here.`,
  "standard-2x": "The only size with 1 GB, Metabase's baseline. It does not sleep.",
};

function line(name: string, parts: readonly string[]): string {
  return `${name.padEnd(12)} ${parts.join(", ")}`;
}
