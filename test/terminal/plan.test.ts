// A plan as a person sees it, and as a document.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action, Resource } from "../../scripts/provision/types.js";
import { planDocument } from "../../scripts/terminal/plan-json.js";
import { renderPlan } from "../../scripts/terminal/plan-text.js";
import { plainStyle } from "../../scripts/terminal/style.js";
import { visibleWidth } from "../../scripts/terminal/width.js";
import { firstPlan, laterPlan, planOf, step } from "./fixture.js";

const seen = (plan: typeof firstPlan, columns = 80) => renderPlan(plan, { style: { ...plainStyle, columns } });
const screen = (plan: typeof firstPlan, columns = 80) => `\n${seen(plan, columns).join("\n")}\n`;

describe("a plan for a person", () => {
  it("of a first setup shows what is made, where values came from and what it costs", () => {
    expect(screen(firstPlan)).toMatchInlineSnapshot(`
      "
      reluvia-dwh  11 to create
        + app         reluvia-dwh               region eu, stack heroku-26  default
        + buildpacks                            heroku/nodejs, heroku/python
        + add-on      reluvia-dwh-postgresql    heroku-postgresql:essential-0  $5.00
                                                default
        + add-on      reluvia-dwh-scheduler     scheduler:standard   free
        + config var  TAP_STRIPE_API_KEY        •••                        from .env
        + config var  TAP_AMPLITUDE_API_KEY     •••                        from .env
        + config var  TAP_AMPLITUDE_SECRET_KEY  •••                        typed
        + config var  FUNNELFOX_API_KEY         •••                        environment
        + build       source                    4f2a9c1b2
        + job         nightly                   node dist/scripts/pipeline.js, daily
                                                at 02:00 UTC, Eco
        + search                                PIPELINE_FAILED

      reluvia-metabase  7 to create
        + app         reluvia-metabase          region eu, stack container  default
        + attachment  DWH                       reluvia-dwh-postgresql
        + config var  MB_DB_TYPE                postgres
        + config var  MB_DB_CONNECTION_URI      (known after apply)
        + config var  MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE  3
        + config var  MB_ENCRYPTION_SECRET_KEY  •••                         generated
        + formation   web                       1 × Eco              $5.00

      Prices a month  as noted on 2026-11-23
        heroku-postgresql:essential-0                $5.00
        scheduler:standard                            free
        Eco dyno hours, shared by all your Eco apps  $5.00  once for the account

      Whole stack: $10.00 a month
      Plan: 18 to create, 0 to change, 0 to delete. Nothing is deleted by setup.

      Good to know
        1. Eco has 512 MB, which is below Metabase's baseline of 1 GB: it may start
           slowly or run out of memory.
           npm run setup -- --metabase-dyno standard-2x
        2. An Eco Metabase sleeps after 30 minutes without a visitor, and the next one
           waits minutes behind Heroku's error page.
           npm run setup -- --metabase-dyno basic
      "
    `);
  });

  it("of a later run shows what changes, counts what stays and names what is not ours", () => {
    expect(screen(laterPlan)).toMatchInlineSnapshot(`
      "
      reluvia-dwh  1 to change
        ~ build       source  3b1f00aa7 → 4f2a9c1b2  the source has changed
        = 4 more are as declared
        ? left alone, not declared here: config vars SENTRY_DSN, FOO; add-on
          redis-curved-12345

      reluvia-metabase  2 to change, 1 taken over
        = app         reluvia-metabase  it is yours already and becomes part of this
                                        stack
        ~ config var  JAVA_OPTS         -Xmx300m → -Xmx700m  from a flag
                                        another value is wanted
        ~ formation   web               web 1 × Eco → 1 × Standard-2X  $50.00
                                        number or size differ
        = as declared: attachment DWH

      Prices a month  as noted on 2026-11-23
        heroku-postgresql:essential-0   $5.00
        Standard-2X dyno for Metabase  $50.00

      Whole stack: $55.00 a month
      Plan: 0 to create, 3 to change, 0 to delete. Nothing is deleted by setup.
      "
    `);
  });

  it("stands in columns when there is room", () => {
    expect(seen(firstPlan, 120)).toContain(
      "  + add-on      reluvia-dwh-postgresql    heroku-postgresql:essential-0  $5.00  default",
    );
  });

  it("without a change says so, and still names what is left alone", () => {
    const steps = laterPlan.steps.filter(({ action }) => action === "keep" || action === "unmanaged");
    const lines = seen(planOf(steps, { monthlyCents: 1000 }));
    expect(lines).toEqual([
      "Left alone, not declared here:",
      "  reluvia-dwh: config vars SENTRY_DSN, FOO; add-on redis-curved-12345",
      "",
      "Whole stack: $10.00 a month",
      "No changes. Both apps are as declared.",
    ]);
  });

  it("says what stops it, and which flag agrees to what has to be agreed to", () => {
    const lines = seen({
      ...laterPlan,
      consents: [
        {
          id: "dirty-checkout",
          message: "This checkout has changes that are not committed.",
          why: "Heroku gets the last commit.",
          flag: "--deploy-head",
          commands: ["git commit -a", "npm run setup -- --deploy-head"],
        },
      ],
      refusals: [{ id: "x", message: "Heroku cannot move an app.", commands: ["npm run setup -- --region us"] }],
    });
    expect(lines.slice(-8)).toEqual([
      "",
      "⚠ This checkout has changes that are not committed.",
      "  Likely why: Heroku gets the last commit.",
      "  Agree with: --deploy-head",
      "  Or instead: git commit -a",
      "",
      "✖ Heroku cannot move an app.",
      "  Try: npm run setup -- --region us",
    ]);
  });

  it("leaves the day of the prices out when all are live", () => {
    expect(renderPlan(firstPlan, { style: plainStyle, pricesNotedOn: undefined })).toContain("Prices a month");
    expect(renderPlan(firstPlan, { style: plainStyle, pricesNotedOn: "2026-01-02" })).toContain(
      "Prices a month  as noted on 2026-01-02",
    );
  });

  it("lets no name of others move the cursor", () => {
    const [, line] = seen(
      planOf([step("pipeline", { action: "create", resource: "app", name: "a\u001b[2Jb", after: "x\ry" })]),
    );
    expect(line).toBe("  + app         ab  y");
  });
});

const actions: readonly Action[] = ["create", "adopt", "change", "keep", "unmanaged"];
const resources: readonly Resource[] = ["app", "add-on", "config-var", "build", "formation", "job"];
const text = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}( [a-z]{1,10}){0,6}$/);
const anyStep = fc.record(
  {
    role: fc.constantFrom("pipeline" as const, "metabase" as const),
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...resources),
    name: fc.stringMatching(/^[A-Z_]{1,30}$/),
    reason: text,
    before: text,
    after: text,
    origin: fc.constantFrom("flag" as const, ".env" as const, "declared" as const),
    monthlyCents: fc.integer({ min: 0, max: 100_000 }),
  },
  { requiredKeys: ["role", "action", "resource", "name", "reason"] },
);
const anyPlan = fc
  .array(anyStep, { maxLength: 15 })
  .map((steps) => planOf(steps.map(({ role, ...facts }) => step(role, facts))));

describe("whatever the plan is", () => {
  it("no line is wider than the terminal", () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 80, max: 120 }), (plan, columns) => {
        for (const line of seen(plan, columns)) expect(visibleWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("every change has its line", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const lines = seen(plan);
        const marked = (mark: string) => lines.filter((line) => line.startsWith(`  ${mark} `)).length;
        const count = (action: Action) => plan.steps.filter((one) => one.action === action).length;
        expect([marked("+"), marked("~")]).toEqual([count("create"), count("change")]);
      }),
    );
  });

  it("the document's changes are the steps that write, without what is kept", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const document = planDocument(plan);
        const writing = plan.steps.filter(({ action }) => action === "create" || action === "change");
        expect(document.changes.map(({ app, name }) => [app, name])).toEqual(
          writing.map(({ app, name }) => [app, name]),
        );
        expect(JSON.stringify(document)).not.toContain('"keep"');
      }),
    );
  });
});

describe("a plan as a document", () => {
  it("has the keys that scripts rely on, and leaves out what there is not", () => {
    const { changes, monthlyCents, unmanaged, adopted } = planDocument(laterPlan);
    expect(changes[0]).toEqual({
      action: "change",
      app: "reluvia-dwh",
      resource: "build",
      name: "source",
      reason: "the source has changed",
      before: "3b1f00aa7",
      after: "4f2a9c1b2",
    });
    expect(changes[2]).toMatchObject({ name: "web", monthlyCents: 5000 });
    expect(monthlyCents).toBe(5500);
    expect(unmanaged.map(({ name }) => name)).toEqual(["SENTRY_DSN", "FOO", "redis-curved-12345"]);
    expect(adopted.map(({ name }) => name)).toEqual(["reluvia-metabase"]);
  });
});
