// What the whole stack costs a month, part by part.
import { dynoSizes, oneOffMonthlyCents } from "../../../config/prices.js";
import type { Actual, Desired, Notice, PriceLine, Step } from "../types.js";

/** One line for each part that has a price of its own; Eco once, however many dynos draw on it. */
export function priceLines(desired: Desired, steps: readonly Step[]): PriceLine[] {
  const addOns = steps
    .filter(({ resource, action }) => resource === "add-on" && action !== "unmanaged")
    .map((one): PriceLine => {
      const plan = one.after ?? one.reason.split(",")[0] ?? one.name;
      return { what: plan, monthlyCents: one.monthlyCents ?? 0, perAccount: false };
    });
  const { metabase, pipeline } = desired;
  const web = dynoSizes[metabase.dyno];
  const nightly = dynoSizes[pipeline.dyno];
  const eco = [web, nightly].find(({ perAccount }) => perAccount);
  return [
    ...addOns,
    ...(eco
      ? [
          {
            what: `${eco.name} dyno hours, shared by all your Eco apps`,
            monthlyCents: eco.monthlyCents,
            perAccount: true,
          },
        ]
      : []),
    ...(web.perAccount
      ? []
      : [
          {
            what: `${web.name} dyno for Metabase`,
            monthlyCents: web.monthlyCents * metabase.webQuantity,
            perAccount: false,
          },
        ]),
    ...(nightly.perAccount
      ? []
      : [
          {
            what: `${nightly.name} one-off dynos for the nightly job, about`,
            monthlyCents: oneOffMonthlyCents(pipeline.dyno),
            perAccount: false,
          },
        ]),
  ];
}

/** The plain sentences about Metabase's memory and sleep, for the dyno that is wanted. */
export function dynoNotices(desired: Desired, actual: Actual): Notice[] {
  const size = dynoSizes[desired.metabase.dyno];
  const notices: Notice[] = [];
  if (size.memoryMb < 1024) {
    notices.push({
      id: "metabase.memory",
      text:
        `${size.name} has ${size.memoryMb} MB, which is below Metabase's baseline of 1 GB: it may start slowly or run out of memory. ` +
        `Of the sizes offered only Standard-2X has more ($50.00 a month).`,
      commands: ["npm run setup -- --metabase-dyno standard-2x"],
    });
  }
  if (desired.metabase.dyno === "eco") {
    notices.push({
      id: "metabase.sleep",
      text: "An Eco Metabase sleeps after 30 minutes without a visitor, and the next one waits minutes behind Heroku's error page.",
      commands: ["npm run setup -- --metabase-dyno basic"],
    });
  }
  const usesEco = desired.metabase.dyno === "eco" || desired.pipeline.dyno === "eco";
  if (usesEco && desired.team === undefined && actual.eco === undefined) {
    notices.push({
      id: "eco.unknown",
      text: "Heroku did not tell whether Eco dynos are bought for this account. They are bought on the Billing page.",
      commands: ["open https://dashboard.heroku.com/account/billing"],
    });
  }
  return notices;
}
