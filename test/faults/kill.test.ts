// The real command, killed with SIGKILL between two calls: running it again ends in the same stack, one of each.
import { describe, expect, it } from "vitest";
import { openDesk } from "../support/commands.js";

/** Calls after which it is killed: while reading, creating, waiting, uploading, building and sizing. */
const moments = [5, 23, 27, 30, 33, 36, 40, 45, 50, 55, 60, 64];

describe("setup killed in the middle", () => {
  it("is gone on with by the next run, wherever it was", { timeout: 240_000 }, async () => {
    const desk = await openDesk();
    const { sandbox } = desk;
    const fresh = await desk.remember();
    try {
      for (const moment of moments) {
        await fresh();
        sandbox.calls.length = 0;
        // Answers come late, so that there is something under way at the moment of the kill.
        sandbox.faults.add({ nth: 1, times: 1_000, effect: { delayMs: 5 } });
        const killed = await desk.run("setup", ["--yes"], {
          onStart: (pid) => {
            const watch = setInterval(() => {
              if (sandbox.calls.length < moment) return;
              clearInterval(watch);
              process.kill(pid, "SIGKILL");
            }, 1);
          },
        });
        expect(killed.code, `the run after ${moment} calls was killed`).toBeNull();
        sandbox.faults.clear();

        const again = await desk.run("setup", ["--yes"]);
        expect({ moment, code: again.code, talk: again.code === 0 ? "" : again.stderr }).toEqual({
          moment,
          code: 0,
          talk: "",
        });
        const { world } = sandbox;
        expect(
          Object.values(world.apps)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(["reluvia-dwh", "reluvia-metabase"]);
        expect(
          Object.values(world.addons)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(["reluvia-dwh-papertrail", "reluvia-dwh-postgresql", "reluvia-dwh-scheduler"]);
        expect(Object.values(world.attachments).filter(({ name }) => name === "DWH")).toHaveLength(1);
        expect(Object.values(world.jobs)).toHaveLength(1);
        const third = await desk.run("setup", ["--yes"]);
        expect({ moment, writes: third.writes, out: third.stdout.includes("No changes.") }).toEqual({
          moment,
          writes: [],
          out: true,
        });
      }
    } finally {
      await desk.close();
    }
  });
});
