// A whole plan, tasks and checks as the other parts of the project make them, for looking at how they are shown.
import type { Role } from "../../config/stack.js";
import type { Plan, Step } from "../../scripts/provision/types.js";
import type { CheckResult } from "../../scripts/terminal/checks-text.js";

type Facts = Partial<Step> & Pick<Step, "action" | "resource" | "name">;

export function step(role: Role, facts: Facts): Step {
  const app = role === "pipeline" ? "reluvia-dwh" : "reluvia-metabase";
  return { id: `${role}.${facts.resource}.${facts.name}`, role, app, reason: "not set", ...facts };
}

export function planOf(steps: readonly Step[], rest: Partial<Plan> = {}): Plan {
  return { steps, refusals: [], consents: [], notices: [], prices: [], monthlyCents: 0, ...rest };
}

const secretVar = (name: string, origin: Step["origin"] = ".env") =>
  step("pipeline", { action: "create", resource: "config-var", name, after: "•••", ...(origin ? { origin } : {}) });
const constantVar = (name: string, after: string) =>
  step("metabase", { action: "create", resource: "config-var", name, after, origin: "declared" });

const job = "node dist/scripts/pipeline.js, daily at 02:00 UTC, Eco";

/** The plan of a first setup. */
export const firstPlan = planOf(
  [
    step("pipeline", {
      action: "create",
      resource: "app",
      name: "reluvia-dwh",
      after: "region eu, stack heroku-26",
      origin: "default",
    }),
    step("pipeline", {
      action: "create",
      resource: "buildpacks",
      name: "heroku/nodejs, heroku/python",
      after: "heroku/nodejs, heroku/python",
    }),
    step("pipeline", {
      action: "create",
      resource: "add-on",
      name: "reluvia-dwh-postgresql",
      after: "heroku-postgresql:essential-0",
      origin: "default",
      monthlyCents: 500,
    }),
    step("pipeline", {
      action: "create",
      resource: "add-on",
      name: "reluvia-dwh-scheduler",
      after: "scheduler:standard",
      origin: "declared",
      monthlyCents: 0,
    }),
    secretVar("TAP_STRIPE_API_KEY"),
    secretVar("TAP_AMPLITUDE_API_KEY"),
    secretVar("TAP_AMPLITUDE_SECRET_KEY", "typed"),
    secretVar("FUNNELFOX_API_KEY", "environment"),
    step("pipeline", { action: "create", resource: "build", name: "source", after: "4f2a9c1b2" }),
    step("pipeline", { action: "create", resource: "job", name: "nightly", after: job }),
    step("pipeline", { action: "create", resource: "search", name: "PIPELINE_FAILED", after: "PIPELINE_FAILED" }),
    step("metabase", {
      action: "create",
      resource: "app",
      name: "reluvia-metabase",
      after: "region eu, stack container",
      origin: "default",
    }),
    step("metabase", { action: "create", resource: "attachment", name: "DWH", after: "reluvia-dwh-postgresql" }),
    constantVar("MB_DB_TYPE", "postgres"),
    constantVar("MB_DB_CONNECTION_URI", "(known after apply)"),
    constantVar("MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE", "3"),
    step("metabase", {
      action: "create",
      resource: "config-var",
      name: "MB_ENCRYPTION_SECRET_KEY",
      after: "•••",
      origin: "generated",
    }),
    step("metabase", {
      action: "create",
      resource: "formation",
      name: "web",
      after: "1 × Eco",
      monthlyCents: 500,
    }),
  ],
  {
    prices: [
      { what: "heroku-postgresql:essential-0", monthlyCents: 500, perAccount: false },
      { what: "scheduler:standard", monthlyCents: 0, perAccount: false },
      { what: "Eco dyno hours, shared by all your Eco apps", monthlyCents: 500, perAccount: true },
    ],
    monthlyCents: 1000,
    notices: [
      {
        id: "metabase.memory",
        text: "Eco has 512 MB, which is below Metabase's baseline of 1 GB: it may start slowly or run out of memory.",
        commands: ["npm run setup -- --metabase-dyno standard-2x"],
      },
      {
        id: "metabase.sleep",
        text: "An Eco Metabase sleeps after 30 minutes without a visitor, and the next one waits minutes behind Heroku's error page.",
        commands: ["npm run setup -- --metabase-dyno basic"],
      },
    ],
  },
);

/** The plan of a later run that finds a few differences. */
export const laterPlan = planOf(
  [
    step("pipeline", { action: "keep", resource: "app", name: "reluvia-dwh", reason: "in region eu" }),
    step("pipeline", { action: "keep", resource: "stack", name: "heroku-26", reason: "as declared" }),
    step("pipeline", { action: "keep", resource: "add-on", name: "reluvia-dwh-postgresql", monthlyCents: 500 }),
    step("pipeline", { action: "keep", resource: "config-var", name: "TAP_STRIPE_API_KEY", origin: "heroku" }),
    step("pipeline", {
      action: "change",
      resource: "build",
      name: "source",
      before: "3b1f00aa7",
      after: "4f2a9c1b2",
      reason: "the source has changed",
    }),
    step("pipeline", { action: "unmanaged", resource: "config-var", name: "SENTRY_DSN" }),
    step("pipeline", { action: "unmanaged", resource: "config-var", name: "FOO" }),
    step("pipeline", { action: "unmanaged", resource: "add-on", name: "redis-curved-12345" }),
    step("metabase", {
      action: "adopt",
      resource: "app",
      name: "reluvia-metabase",
      reason: "it is yours already and becomes part of this stack",
    }),
    step("metabase", { action: "keep", resource: "attachment", name: "DWH" }),
    step("metabase", {
      action: "change",
      resource: "config-var",
      name: "JAVA_OPTS",
      before: "-Xmx300m",
      after: "-Xmx700m",
      origin: "flag",
      reason: "another value is wanted",
    }),
    step("metabase", {
      action: "change",
      resource: "formation",
      name: "web",
      before: "web 1 × Eco",
      after: "1 × Standard-2X",
      reason: "number or size differ",
      monthlyCents: 5000,
    }),
  ],
  {
    prices: [
      { what: "heroku-postgresql:essential-0", monthlyCents: 500, perAccount: false },
      { what: "Standard-2X dyno for Metabase", monthlyCents: 5000, perAccount: false },
    ],
    monthlyCents: 5500,
  },
);

export const checks: readonly CheckResult[] = [
  { id: "token", group: "account", title: "Heroku token", status: "ok", detail: "accepted, ada@example.com" },
  { id: "eco", group: "account", title: "Eco hours", status: "ok", detail: "812 of 1,000 hours left" },
  { id: "release", group: "pipeline app", title: "Last release", status: "ok", detail: "v14, 2 hours ago" },
  {
    id: "ran-at",
    group: "schedule",
    title: "Last run",
    status: "warn",
    detail: "the scheduler's API did not answer, so nobody can tell when the job ran last",
    remedy: {
      text: "Compare the job on its dashboard page with: node dist/scripts/pipeline.js, daily at 02:00 UTC, Eco.",
      commands: ["heroku addons:open scheduler -a reluvia-dwh"],
    },
  },
  {
    id: "size",
    group: "database",
    title: "Size",
    status: "fail",
    detail: "1.2 GB of the plan's 1 GB are used",
    remedy: {
      text: "Heroku will soon allow reading only. A larger plan of the same tier takes the database over.",
      commands: ["npm run setup -- --postgres-plan essential-1"],
    },
  },
  { id: "health", group: "Metabase", title: "Answers", status: "skipped", detail: "it sleeps, and is not woken" },
];
