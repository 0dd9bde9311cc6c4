// The result of verify as a person sees it.
import { describe, expect, it } from "vitest";
import { renderChecks } from "../../scripts/terminal/checks-text.js";
import { plainStyle } from "../../scripts/terminal/style.js";
import { checks } from "./fixture.js";

describe("verify", () => {
  it("shows a table by group, then what is wrong with the command for it, then one line", () => {
    expect(`\n${renderChecks(checks, plainStyle).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Account
        ✔ Heroku token  accepted, ada@example.com
        ✔ Eco hours     812 of 1,000 hours left

      Pipeline app
        ✔ Last release  v14, 2 hours ago

      Schedule
        ⚠ Last run      the scheduler's API did not answer, so nobody can tell when t…

      Database
        ✖ Size          1.2 GB of the plan's 1 GB are used

      Metabase
        – Answers       it sleeps, and is not woken

      ⚠ Last run: the scheduler's API did not answer, so nobody can tell when the job
        ran last
        Compare the job on its dashboard page with: node dist/scripts/pipeline.js,
        daily at 02:00 UTC, Eco.
        Try: heroku addons:open scheduler -a reluvia-dwh

      ✖ Size: 1.2 GB of the plan's 1 GB are used
        Heroku will soon allow reading only. A larger plan of the same tier takes the
        database over.
        Try: npm run setup -- --postgres-plan essential-1

      Unhealthy: 1 of 6 checks failed, 1 warning, 1 skipped.
      "
    `);
  });

  const last = (from: Parameters<typeof renderChecks>[0], verdict?: Parameters<typeof renderChecks>[2]) =>
    renderChecks(from, plainStyle, verdict).at(-1);
  const passing = checks.filter(({ status }) => status !== "fail");

  it("ends healthy when nothing failed, warnings counted", () => {
    expect(last(passing)).toBe("Healthy: 3 checks passed, 1 warning, 1 skipped.");
  });

  it("says that it could not check when something could not be found out", () => {
    const unknown = { id: "api", group: "account", title: "API", status: "unknown" as const, detail: "no answer" };
    expect(last([...passing, unknown])).toBe("Could not check: 1 of 6 checks could not be made, 1 warning, 1 skipped.");
  });

  it("takes the verdict of whoever knows better", () => {
    const unknown = {
      id: "stripe",
      group: "sources",
      title: "Stripe",
      status: "unknown" as const,
      detail: "no answer",
    };
    expect(last([...passing, unknown], "healthy")).toBe(
      "Healthy: 3 checks passed, 1 warning, 1 could not be checked, 1 skipped.",
    );
  });
});
