// Checks of the account: whose token it is, whether Heroku still serves it, and how many Eco hours are left.
import type { HealthContext } from "../context.js";
import { presentApp } from "../present.js";
import type { Check, Finding } from "../types.js";

const BILLING = "open https://dashboard.heroku.com/account/billing";
const AWAY_FROM_ECO = "npm run setup -- --metabase-dyno basic --pipeline-dyno basic";
/** Below this share of the month's Eco hours somebody should know. */
const FEW = 0.1;

export const accountChecks: readonly Check<HealthContext>[] = [
  {
    id: "account.token",
    group: "account",
    title: "Heroku token",
    needs: [],
    run: async ({ actual, api }) => ({
      status: "ok",
      detail: `Accepted by ${new URL(api.host).host}, belongs to ${actual.account.email || "an account without e-mail"}`,
    }),
  },
  {
    id: "account.standing",
    group: "account",
    title: "Standing with Heroku",
    needs: [],
    run: async ({ actual }) => standing(actual.account),
  },
  {
    id: "account.eco",
    group: "account",
    title: "Eco dyno hours left this month",
    needs: [],
    run: async (context) => ecoHours(context),
  },
];

function standing(account: HealthContext["actual"]["account"]): Finding {
  if (account.suspended) {
    return {
      status: "fail",
      detail: "Heroku has suspended this account, so its apps do not run.",
      remedy: { text: "Only Heroku's support can lift that.", commands: ["open https://help.heroku.com"] },
    };
  }
  if (account.delinquent) {
    return {
      status: "fail",
      detail: "A bill of this account is unpaid. Heroku provides nothing new, and suspends the account in the end.",
      remedy: { text: "Pay it on the Billing page.", commands: [BILLING] },
    };
  }
  if (!account.verified) {
    return {
      status: "fail",
      detail: "This account is not verified: a payment card is missing, and without one Heroku provides no add-ons.",
      remedy: { text: "Add a card.", commands: ["open https://heroku.com/verify"] },
    };
  }
  return { status: "ok", detail: "verified, no unpaid bill" };
}

function ecoHours({ actual, desired }: HealthContext): Finding {
  if (!usesEco({ actual, desired })) return { status: "ok", detail: "nothing of this stack runs on Eco dynos" };
  const { eco } = actual;
  if (!eco) return { status: "skipped", detail: "Could not tell: Heroku did not say how many Eco hours are left." };
  if (eco.boughtSeconds <= 0) {
    return {
      status: "fail",
      detail: "This stack wants Eco dynos, and this account has not subscribed to them.",
      remedy: {
        text: "Subscribe on the Billing page ($5 a month), or use Basic dynos.",
        commands: [BILLING, AWAY_FROM_ECO],
      },
    };
  }
  const left = eco.boughtSeconds - eco.usedSeconds;
  const detail = `${hours(Math.max(0, left))} of ${hours(eco.boughtSeconds)} hours`;
  if (left <= 0) {
    return {
      status: "fail",
      detail: `None of ${hours(eco.boughtSeconds)} hours: Metabase sleeps and the nightly job does not run until the month ends.`,
      remedy: { text: "Basic dynos have no such limit; they cost more.", commands: [AWAY_FROM_ECO] },
    };
  }
  if (left < eco.boughtSeconds * FEW) {
    return {
      status: "warn",
      detail: `${detail}. All Eco dynos of the account draw on them; at zero Metabase sleeps and the nightly job does not run.`,
      remedy: { text: "See which apps use them, or use Basic dynos.", commands: [BILLING, AWAY_FROM_ECO] },
    };
  }
  return { status: "ok", detail };
}

/** Heroku sells and counts Eco dynos by the hour. */
const hours = (seconds: number) => Math.round(seconds / 3600).toLocaleString("en-US");

function usesEco({ actual, desired }: Pick<HealthContext, "actual" | "desired">): boolean {
  const running = [actual.pipeline, actual.metabase].flatMap((state) => presentApp(state)?.formation ?? []);
  return (
    desired.metabase.dyno === "eco" ||
    desired.pipeline.dyno === "eco" ||
    running.some(({ size }) => size.toLowerCase() === "eco")
  );
}
