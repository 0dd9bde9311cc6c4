// The account behind the token, and its pool of Eco dyno hours.
import type * as Schema from "@heroku-cli/schema";
import { messageOf } from "../common/errors.js";
import type { HerokuApi } from "./api.js";
import { isHeroku } from "./api.js";

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly verified: boolean;
  readonly suspended: boolean;
  readonly delinquent: boolean;
  /** apps of such a user belong to this team unless they are asked to be personal */
  readonly defaultTeam: string | undefined;
}

/** Seconds of the month's shared Eco hours; `boughtSeconds` is 0 when the plan is not bought. */
export interface EcoQuota {
  readonly boughtSeconds: number;
  readonly usedSeconds: number;
}

/** Whose token it is (Heroku Platform API, Account > Info). */
export async function readAccount(api: HerokuApi): Promise<Account> {
  const account = await api.get<Schema.Account>("/account", { doing: "read your account" });
  return {
    id: account.id ?? "",
    email: account.email ?? "",
    verified: account.verified !== false,
    suspended: Boolean(account.suspended_at),
    delinquent: Boolean(account.delinquent_at),
    defaultTeam: account.default_team?.name,
  };
}

/**
 * The account's Eco hours, or undefined when the API gives no clear answer. The route is not in the official schema: the
 * official CLI's `heroku ps` reads it and takes any error for "no information".
 */
export async function readEcoQuota(api: HerokuApi, accountId: string): Promise<EcoQuota | undefined> {
  try {
    const quota = await api.get<Record<string, unknown>>(
      `/accounts/${encodeURIComponent(accountId)}/actions/get-quota`,
      {
        doing: "read the Eco dyno hours",
        headers: { Accept: "application/vnd.heroku+json; version=3.account-quotas" },
      },
    );
    const { account_quota: bought, quota_used: used } = quota;
    return typeof bought === "number"
      ? { boughtSeconds: bought, usedSeconds: typeof used === "number" ? used : 0 }
      : undefined;
  } catch (error) {
    if (isHeroku(error, "unauthorized")) throw error;
    void messageOf(error);
    return undefined;
  }
}
