// Running tasks as a person sees them, on a terminal and in a log.
import { afterEach, describe, expect, it, vi } from "vitest";
import { Redactor } from "../../scripts/common/redact.js";
import { Secret } from "../../scripts/common/secret.js";
import type { ProgressEvent } from "../../scripts/provision/progress.js";
import { plainStyle } from "../../scripts/terminal/style.js";
import { taskView } from "../../scripts/terminal/tasks.js";
import { kept, screenOf } from "./streams.js";

const announced: ProgressEvent = {
  kind: "tasks",
  tasks: [
    { id: "p.app", role: "pipeline", title: "Create the app reluvia-dwh" },
    { id: "p.db", role: "pipeline", title: "Create the add-on heroku-postgresql:essential-0" },
    { id: "m.build", role: "metabase", title: "Build reluvia-metabase" },
  ],
};
const state = (
  id: string,
  to: "running" | "done" | "failed" | "skipped",
  rest: { detail?: string; elapsedMs?: number } = {},
) => ({ kind: "state", id, state: to, ...rest }) as const;

function view(animate: boolean, redactor = new Redactor(), unicode = true) {
  const stream = kept({ isTTY: animate, columns: 80, rows: 40 });
  let time = 0;
  const shown = taskView({ ...plainStyle, animate, unicode }, { stream, now: () => time, redactor });
  return {
    ...shown,
    say: (...events: ProgressEvent[]) => {
      for (const event of events) shown.report(event);
    },
    pass: (ms: number) => {
      time += ms;
    },
    stream,
    lines: () => stream.text().trimEnd().split("\n"),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("off a terminal", () => {
  it("each state is one line, and heartbeats tell how long it has been", async () => {
    const { say, pass, finish, lines } = view(false);
    say(announced, state("p.app", "running"));
    pass(1_500);
    say(state("p.app", "done"), state("p.db", "running"));
    say({ kind: "heartbeat", id: "p.db", detail: "Still creating…", elapsedMs: 20_000 });
    say(
      state("p.db", "done", { elapsedMs: 72_000, detail: "provisioned" }),
      state("m.build", "skipped", { detail: "needs the database" }),
    );
    await finish();
    expect(lines()).toEqual([
      "reluvia-dwh       Create the app reluvia-dwh …",
      "reluvia-dwh       Create the app reluvia-dwh … done (1 s)",
      "reluvia-dwh       Create the add-on heroku-postgresql:essential-0 …",
      "reluvia-dwh       Create the add-on heroku-postgresql:essential-0 … still creating [20s elapsed]",
      "reluvia-dwh       Create the add-on heroku-postgresql:essential-0 … done (1 min 12 s), provisioned",
      "reluvia-metabase  Build reluvia-metabase … skipped: needs the database",
    ]);
  });

  it("output is kept back, and its last 20 lines are shown when the task fails", async () => {
    const { say, finish, lines } = view(false);
    say(announced, state("m.build", "running"));
    for (let line = 1; line <= 25; line++)
      say({ kind: "output", id: "m.build", line: `\u001b[1mStep ${line}\u001b[0m\n` });
    expect(lines()).toHaveLength(1);
    say(state("m.build", "failed", { elapsedMs: 3_000, detail: "the build failed" }));
    await finish();
    expect(lines().slice(1, 4)).toEqual([
      "reluvia-metabase  Build reluvia-metabase … failed (3 s): the build failed",
      'reluvia-metabase  The last lines of "Build reluvia-metabase":',
      "  | Step 6",
    ]);
    expect(lines()).toHaveLength(23);
    expect(lines().at(-1)).toBe("  | Step 25");
  });

  it("what was under way when the run ended is named, and later events are not", async () => {
    const { say, pass, finish, standing, lines } = view(false);
    say(announced, state("p.app", "running"));
    pass(4_000);
    await finish();
    say(state("p.app", "done"));
    await finish();
    expect(lines().at(-1)).toBe("reluvia-dwh       Create the app reluvia-dwh … stopped (4 s)");
    expect(standing().map((one) => one.state)).toEqual(["stopped", "waiting", "waiting"]);
  });

  it("a task that nobody announced changes nothing", async () => {
    const { say, finish, stream } = view(false);
    say(state("x", "running"), { kind: "output", id: "x", line: "hello" });
    await finish();
    expect(stream.text()).toBe("");
  });

  it("no secret is shown, in title, detail or output", async () => {
    const redactor = new Redactor();
    redactor.add(new Secret("postgres://u:hunter22hunter@host/db"));
    const { say, finish, stream } = view(false, redactor);
    say({ kind: "tasks", tasks: [{ id: "t", role: "pipeline", title: "Read hunter22hunter" }] }, state("t", "running"));
    say({ kind: "output", id: "t", line: "DATABASE_URL=postgres://u:hunter22hunter@host/db" });
    say({ kind: "heartbeat", id: "t", detail: "Still at hunter22hunter", elapsedMs: 10_000 });
    say(state("t", "failed", { detail: "hunter22hunter was refused" }));
    await finish();
    expect(stream.text()).not.toContain("hunter22");
    expect(stream.text()).toContain("  | DATABASE_URL=•••");
  });
});

describe("on a terminal", () => {
  it("tasks stand below their app, with symbol and time, and the last picture stays", async () => {
    const { say, pass, finish, stream } = view(true);
    say(announced, state("p.app", "running"), state("m.build", "running"));
    pass(2_000);
    say(state("p.app", "done"), state("p.db", "running"));
    say(state("m.build", "failed", { elapsedMs: 61_000, detail: "the build failed" }));
    await finish();
    expect(await screenOf(stream.text())).toEqual([
      "reluvia-dwh  1 of 2  1 stopped",
      "  ✔ Create the app reluvia-dwh  2 s",
      "  ⚠ Create the add-on heroku-postgresql:essential-0  stopped  0.0 s",
      "reluvia-metabase  0 of 1  1 failed",
      "  ✖ Build reluvia-metabase  the build failed  1 min 01 s",
    ]);
  });

  it("what is under way moves, shows its time and the last line of its output", async () => {
    const { say, pass, finish, stream } = view(true);
    say(announced, state("p.app", "done", { elapsedMs: 700 }), state("m.build", "running"));
    await vi.waitFor(() => expect(stream.text()).toContain("Build reluvia-metabase"));
    pass(12_000);
    say({ kind: "output", id: "m.build", line: "-----> \u001b[32mDownloading\u001b[0m" });
    await vi.waitFor(async () => {
      expect((await screenOf(stream.text())).join("\n")).toMatch(
        /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Build reluvia-metabase {2}12 s\n {4}› -----> Downloading/,
      );
    });
    expect(await screenOf(stream.text())).toContain("  · Create the add-on heroku-postgresql:essential-0");
    await finish();
  });

  it("everything is ASCII where nothing else is understood", async () => {
    const { say, finish, stream } = view(true, new Redactor(), false);
    say({ kind: "tasks", tasks: [{ id: "t", role: "metabase", title: `Scale web to 1 × ${"Eco ".repeat(30)}` }] });
    say(state("t", "running"), { kind: "output", id: "t", line: "→ building…" });
    await vi.waitFor(() => expect(stream.text()).toContain("-> building"));
    say(state("t", "failed", { elapsedMs: 1_000 }));
    await finish();
    const lines = await screenOf(stream.text());
    expect(lines[1]).toMatch(/^ {2}x Scale web to 1 x Eco .*\.\.\. {2}1 s$/);
    expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
  });

  it("the output of a failed task stands below the last picture", async () => {
    const { say, finish, stream } = view(true);
    say(announced, state("m.build", "running"), { kind: "output", id: "m.build", line: "npm error missing" });
    say(state("m.build", "failed", { elapsedMs: 1_000 }));
    await finish();
    expect((await screenOf(stream.text())).slice(-2)).toEqual([
      'reluvia-metabase  The last lines of "Build reluvia-metabase":',
      "  | npm error missing",
    ]);
  });

  it("tasks that are announced later get their own picture below", async () => {
    const { say, finish, stream } = view(true);
    const first = { id: "a", role: "pipeline", title: "First" } as const;
    const second = { id: "b", role: "metabase", title: "Second" } as const;
    say({ kind: "tasks", tasks: [first] }, state("a", "running"));
    say({ kind: "tasks", tasks: [first, second] }, state("a", "done", { elapsedMs: 1_000 }));
    await vi.waitFor(() => expect(stream.text()).toContain("Second"));
    say(state("b", "done", { elapsedMs: 2_000 }));
    await finish();
    expect(await screenOf(stream.text())).toEqual([
      "reluvia-dwh  1 of 1",
      "  ✔ First  1 s",
      "reluvia-metabase  1 of 1",
      "  ✔ Second  2 s",
    ]);
  });

  it("ending at once leaves no timer, gives the stream back and shows the cursor", async () => {
    const { say, finish, stream } = view(true);
    const write = stream.write;
    say(announced, state("p.app", "running"));
    await finish();
    const after = stream.text();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(stream.text()).toBe(after);
    expect(stream.write).toBe(write);
    expect(after.lastIndexOf("\u001b[?25h")).toBeGreaterThan(after.lastIndexOf("\u001b[?25l"));
  });
});
