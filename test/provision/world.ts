// An app and a situation as plain data, for tests of what is judged without any network.
import type { AnswerName } from "../../config/answers.js";
import { Secret } from "../../scripts/common/secret.js";
import type { AddOn } from "../../scripts/heroku/addons.js";
import type { Attachment } from "../../scripts/heroku/attachments.js";
import type { Actual, ActualApp, Answers } from "../../scripts/provision/types.js";

export const addOn = (name: string, more: Partial<AddOn> = {}): AddOn => ({
  id: `id-${name}`,
  name,
  service: "heroku-postgresql",
  plan: "essential-0",
  state: "provisioned",
  app: "reluvia-dwh",
  configVars: [],
  ...more,
});

export const attachment = (name: string, addOnName: string, more: Partial<Attachment> = {}): Attachment => ({
  name,
  addOnName,
  ownerApp: "reluvia-dwh",
  app: "reluvia-dwh",
  ...more,
});

/** Config vars as they are read. */
export const config = (vars: Readonly<Record<string, string>>): ReadonlyMap<string, Secret> =>
  new Map(Object.entries(vars).map(([name, value]) => [name, new Secret(value)]));

type AppMore = Partial<Omit<ActualApp, "state" | "app">> & { readonly app?: Partial<ActualApp["app"]> };

/** A bare app of this name. */
export function present(name: string, { app = {}, ...more }: AppMore = {}): ActualApp {
  return {
    state: "present",
    app: {
      id: `id-${name}`,
      name,
      region: "eu",
      stack: "heroku-26",
      team: undefined,
      webUrl: `https://${name}-1a2b.herokuapp.com/`,
      ...app,
    },
    addOns: [],
    attachments: [],
    config: new Map(),
    buildpacks: [],
    formation: [],
    releases: [],
    builds: [],
    domains: [],
    ...more,
  };
}

/** An account without any app of ours. */
export function actual(more: Partial<Actual> = {}): Actual {
  return {
    account: {
      id: "u",
      email: "a@example.com",
      verified: true,
      suspended: false,
      delinquent: false,
      defaultTeam: undefined,
    },
    eco: { boughtSeconds: 3_600_000, usedSeconds: 0 },
    pipeline: { state: "absent" },
    metabase: { state: "absent" },
    jobs: { known: true, value: [] },
    backups: { known: true, value: [] },
    searches: { known: true, value: [] },
    plans: new Map(),
    elsewhere: [],
    ...more,
  };
}

/** Every answer that has to be there, as if by default; others on top. */
export function answers(more: Partial<Record<AnswerName, string>> = {}): Answers {
  const plain = {
    "pipeline-app": "reluvia-dwh",
    "metabase-app": "reluvia-metabase",
    region: "eu",
    team: "",
    "postgres-plan": "essential-0",
    "metabase-runtime": "container",
    "metabase-dyno": "eco",
    "pipeline-dyno": "eco",
    schedule: "02:00",
    "start-date": "2026-08-27",
    "amplitude-region": "us",
  };
  const given = Object.entries(more).map(([name, value]) => [name, { value, origin: "flag" as const }]);
  const usual = Object.entries(plain).map(([name, value]) => [name, { value, origin: "default" as const }]);
  return Object.fromEntries([...usual, ...given]);
}
