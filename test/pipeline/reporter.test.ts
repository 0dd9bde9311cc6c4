// How a run is told: lines of key=value, and a moving view on a terminal.
import { stripVTControlCharacters } from "node:util";
import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../scripts/common/redact.js";
import { Secret } from "../../scripts/common/secret.js";
import { keyValues } from "../../scripts/pipeline/key-values.js";
import { liveView } from "../../scripts/pipeline/live.js";
import { createReporter } from "../../scripts/pipeline/reporter.js";
import { StreamPaces } from "../../scripts/pipeline/streams.js";
import { plainStyle } from "../../scripts/terminal/style.js";

function reporterOver(clock: { now: number }) {
  const lines: string[] = [];
  const redactor = new Redactor();
  redactor.add(new Secret("topsecretkey"));
  const reporter = createReporter({
    write: (text) => lines.push(text.trimEnd()),
    style: plainStyle,
    now: () => clock.now,
    redactor,
  });
  return { reporter, lines };
}

describe("off a terminal", () => {
  it("an event is one line of key=value, quoted where in doubt", () => {
    expect(keyValues({ event: "a", n: 1, none: undefined, text: 'two words, "quoted"\nand more', empty: "" })).toBe(
      'event=a n=1 text="two words, \\"quoted\\" and more" empty=""',
    );
  });

  it("a child's line has its name before it and no secret in it", () => {
    const { reporter, lines } = reporterOver({ now: 0 });
    reporter.line("meltano", "tap-stripe", "info", "with topsecretkey é ✓");
    reporter.line("dbt", "dbt", "info", "1 of 2 OK");
    reporter.line("dbt", "dbt", "debug", "noise");
    expect(lines).toEqual(["meltano/tap-stripe | with ••• é ✓", "dbt | 1 of 2 OK"]);
  });

  it("a stream speaks up twice a minute, with rows, pace and time, and once at the end", () => {
    const clock = { now: 0 };
    const { reporter, lines } = reporterOver(clock);
    reporter.begin("meltano");
    for (let second = 1; second <= 61; second += 1) {
      clock.now = second * 1_000;
      reporter.progress("meltano", "stripe charges", second * 100);
    }
    reporter.end("meltano", "succeeded");
    expect(lines).toEqual([
      'event=progress step=meltano stream="stripe charges" rows=100 rows_per_s=100 seconds=1',
      'event=progress step=meltano stream="stripe charges" rows=3100 rows_per_s=100 seconds=31',
      'event=progress step=meltano stream="stripe charges" rows=6100 rows_per_s=100 seconds=61',
      'event=stream step=meltano stream="stripe charges" rows=6100 rows_per_s=100 seconds=61',
    ]);
  });
});

describe("the pace of streams", () => {
  it("counts a stream's time from where the one before it ended", () => {
    const clock = { now: 0 };
    const paces = new StreamPaces(() => clock.now);
    paces.begin("meltano");
    clock.now = 10_000;
    paces.set("meltano", "charges", 1_000);
    clock.now = 12_000;
    expect(paces.set("meltano", "refunds", 500)).toMatchObject({ rows: 500, rowsPerSecond: 250, elapsedMs: 2_000 });
    expect(paces.of("meltano").map(({ stream, rowsPerSecond }) => [stream, rowsPerSecond])).toEqual([
      ["charges", 100],
      ["refunds", 250],
    ]);
  });
});

describe("on a terminal", () => {
  it("the view stands below what stays, is drawn over itself, and leaves its last picture", async () => {
    const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true, convertEol: true });
    const clock = { now: 0 };
    const paces = new StreamPaces(() => clock.now);
    let tick: () => void = () => undefined;
    const view = liveView(
      {
        write: (text) => terminal.write(text),
        style: { ...plainStyle, animate: true },
        rows: 24,
        now: () => clock.now,
        every: (_, call) => {
          tick = call;
          return () => undefined;
        },
      },
      paces,
    );
    paces.begin("meltano");
    view.begin("meltano");
    view.begin("funnelfox");
    view.last("funnelfox", "asking for the first page");
    view.above("! a sentence that stays\n");
    clock.now = 65_000;
    paces.set("meltano", "stripe charges", 123_456);
    tick();
    view.end("meltano", "succeeded");
    view.close();
    view.above("after\n");
    await new Promise<void>((resolve) => terminal.write("", resolve));
    const buffer = terminal.buffer.active;
    const screen = Array.from({ length: 8 }, (_, n) =>
      stripVTControlCharacters(buffer.getLine(n)?.translateToString(true) ?? ""),
    );
    expect(screen.filter(Boolean)).toEqual([
      "! a sentence that stays",
      "✔ meltano  1:05",
      expect.stringMatching(/^ {4}stripe charges\s+123,456 rows\s+1,899\/s\s+1:05$/),
      expect.stringMatching(/^. funnelfox {2}1:05 {2}asking for the first page$/),
      "after",
    ]);
  });

  it("the view never takes more lines than the terminal has", () => {
    let last = "";
    const paces = new StreamPaces(() => 0);
    paces.begin("meltano");
    for (let n = 0; n < 50; n += 1) paces.set("meltano", `stream ${n}`, n);
    const view = liveView(
      {
        write: (text) => {
          last = text;
        },
        style: { ...plainStyle, animate: true },
        rows: 10,
        now: () => 0,
        every: () => () => undefined,
      },
      paces,
    );
    view.begin("meltano");
    expect(last.trimEnd().split("\n").length).toBeLessThanOrEqual(8);
  });
});
