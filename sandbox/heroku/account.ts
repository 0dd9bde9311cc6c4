// The account: who the token belongs to, its rate limit, its Eco hours, its teams.
import type { Account, Team } from "@heroku-cli/schema";
import { newRoutes } from "../http/app.js";
import type { Routes } from "../http/context.js";
import { ApiError, notFound } from "../http/errors.js";
import { refill } from "../http/headers.js";
import { page } from "../http/paging.js";
import type { Machine } from "../world/machine.js";
import type { TeamRecord } from "../world/types.js";

/** Seconds of Eco hours a month: 1,000 hours (Dev Center, Eco Dyno Hours). */
const ECO_SECONDS = 1000 * 3600;

export function account(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  routes.get("/account", (c) => c.json(accountAnswer(machine)));
  routes.get("/account/rate-limits", (c) => c.json({ remaining: refill(machine) }));
  routes.get("/account/features", (c) => c.json([]));
  routes.get("/users/:account", (c) => {
    if (!isSelf(machine, c.req.param("account"))) throw notFound("account", "account");
    return c.json(accountAnswer(machine));
  });
  routes.get("/accounts/:account/actions/get-quota", (c) => {
    if (!isSelf(machine, c.req.param("account"))) throw notFound("account", "account");
    const asked = /version=3\.account-quotas/.test(c.req.header("accept") ?? "");
    if (!asked || world.settings.eco === "error") throw notFound("quota", "quota");
    return c.json({
      account_quota: world.settings.eco === "bought" ? ECO_SECONDS : 0,
      quota_used: world.settings.ecoUsed,
      apps: world.apps.filter((app) => app.team === null).map((app) => ({ app_uuid: app.id, quota_used: 0 })),
    });
  });
  routes.get("/teams", (c) =>
    page(
      c,
      world.teams.map((team) => teamAnswer(machine, team)),
      ["id", "name"],
    ),
  );
  routes.get("/teams/:team", (c) => {
    const team = world.teams.find(({ id, name }) => id === c.req.param("team") || name === c.req.param("team"));
    if (team === undefined) throw notFound("team", "team");
    return c.json(teamAnswer(machine, team));
  });
  return routes;
}

/** Whether a path's account is the token's: `~`, its id, or its e-mail. */
export function isSelf(machine: Machine, named: string): boolean {
  const { id, email } = machine.world.account;
  return named === "~" || named === id || named === email;
}

/** Refuses what costs money to an account without a credit card. */
export function requireVerified(machine: Machine, what: string): void {
  if (machine.world.account.verified) return;
  throw new ApiError(machine.world.settings.unverifiedStatus, {
    id: "verification_required",
    message: `Please verify your account in order to ${what} (please enter a credit card). For more information, see https://devcenter.heroku.com/categories/billing. Verify now at https://heroku.com/verify`,
    url: "https://heroku.com/verify",
  });
}

function accountAnswer(machine: Machine): Account {
  const { account: record, teams } = machine.world;
  const team = teams.find(({ name }) => name === record.default_team);
  return {
    allow_tracking: true,
    beta: false,
    country_of_residence: null,
    created_at: record.created_at,
    default_organization: team === undefined ? null : { id: team.id, name: team.name },
    default_team: team === undefined ? null : { id: team.id, name: team.name },
    delinquent_at: record.delinquent_at,
    email: record.email,
    federated: false,
    id: record.id,
    identity_provider: null,
    last_login: record.created_at,
    name: record.name,
    sms_number: null,
    suspended_at: record.suspended_at,
    two_factor_authentication: record.two_factor !== null,
    updated_at: record.created_at,
    verified: record.verified,
  };
}

function teamAnswer(machine: Machine, team: TeamRecord): Team {
  // Null, as the schema allows and the types made from it forget.
  const absent = null as never;
  return {
    created_at: machine.world.account.created_at,
    credit_card_collections: true,
    default: machine.world.account.default_team === team.name,
    enterprise_account: absent,
    id: team.id,
    identity_provider: absent,
    membership_limit: 25,
    name: team.name,
    provisioned_licenses: false,
    role: "admin",
    type: "team",
    updated_at: machine.world.account.created_at,
  };
}
