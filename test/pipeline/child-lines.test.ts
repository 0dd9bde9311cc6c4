// What lines of children say.
import { describe, expect, it } from "vitest";
import { readChildLine } from "../../scripts/pipeline/child-lines.js";
import { Digest } from "../../scripts/pipeline/digest.js";

/** A plugin's line as Meltano 4.4 wraps it with its JSON log format. */
const wrapped = (name: string, event: string) =>
  JSON.stringify({ stdio: "stderr", producer: name.startsWith("tap"), cmd_type: "elb", name, event, level: "info" });
const block = (tap: string) =>
  JSON.stringify({ event: `Running job with name 'prod:${tap}-to-target-postgres' and run ID 'x'`, level: "info" });
const blockEnd = (fields: object) =>
  JSON.stringify({ event: "Block run completed", block_type: "ExtractLoadBlocks", ...fields });

describe("a line of a child", () => {
  it("tells rows of a stream", () => {
    expect(readChildLine("funnelfox", '{"event":"progress","stream":"sessions","rows":1234}')).toEqual({
      kind: "progress",
      from: "funnelfox",
      stream: "sessions",
      rows: 1234,
      add: false,
    });
  });

  it("tells rows through Meltano, with the plugin that said so", () => {
    const line = wrapped("tap-stripe", '{"event":"progress","stream":"charges","rows":5}');
    expect(readChildLine("meltano", line)).toMatchObject({ kind: "progress", from: "tap-stripe", rows: 5 });
  });

  it("tells rows by Singer's metrics, which count on", () => {
    const metric = '{"type": "counter", "metric": "record_count", "value": 100, "tags": {"stream": "charges"}}';
    expect(readChildLine("meltano", wrapped("tap-stripe", `INFO METRIC: ${metric}`))).toMatchObject({
      kind: "progress",
      stream: "charges",
      rows: 100,
      add: true,
    });
    expect(readChildLine("meltano", wrapped("target-postgres", `INFO METRIC: ${metric}`)).kind).toBe("text");
  });

  it("tells a sentence for the record, or why it fails", () => {
    expect(readChildLine("funnelfox", '{"event":"notice","stream":"sessions","text":"3 skipped"}')).toMatchObject({
      kind: "notice",
      text: "3 skipped",
    });
    expect(readChildLine("funnelfox", '{"event":"failure","text":"401"}')).toMatchObject({ kind: "failure" });
  });

  it.each([
    ["plain text", "info"],
    ["WARNING: slow", "warning"],
    ["2026 ERROR something", "error"],
    ["Traceback (most recent call last):", "error"],
    ["{not json}", "info"],
    ['{"json":"without event"}', "info"],
    ['{"event":"progress","stream":"x","rows":"many"}', "info"],
    ['{"event":"progress","stream":"x","rows":-1}', "info"],
  ])("is text when it is nothing else: %s", (line, level) => {
    expect(readChildLine("dbt", line)).toMatchObject({ kind: "text", level });
  });
});

describe("what is remembered of a child", () => {
  const digestOf = (step: string, lines: readonly string[]) => {
    const digest = new Digest();
    for (const line of lines) digest.take(readChildLine(step, line));
    return digest;
  };

  it("counts committed rows once, though tap and loader both tell them", () => {
    const metric = (value: number) =>
      `METRIC: {"metric": "record_count", "value": ${value}, "tags": {"stream": "charges"}}`;
    const digest = digestOf("meltano", [
      block("tap-stripe"),
      wrapped("tap-stripe", metric(100)),
      wrapped("tap-stripe", metric(50)),
      wrapped("target-postgres", '{"event":"progress","stream":"charges","rows":120}'),
      wrapped("tap-stripe", '{"event":"progress","stream":"refunds","rows":7}'),
      wrapped("tap-stripe", '{"event":"progress","stream":"refunds","rows":3}'),
    ]);
    expect(Object.fromEntries(digest.streams)).toEqual({ "stripe charges": 120, "stripe refunds": 7 });
    expect(digest.rows).toBe(127);
  });

  it("knows the tap under way and what failed of it", () => {
    const digest = digestOf("meltano", [
      block("tap-stripe"),
      blockEnd({ success: true }),
      block("tap-amplitude"),
      blockEnd({ success: false, exit_codes: { extractors: 1 } }),
    ]);
    expect(digest).toMatchObject({ tap: "tap-amplitude", blockEnd: "extractor failed" });
    expect(
      digestOf("meltano", [block("tap-stripe"), blockEnd({ success: false, exit_codes: { loaders: 1 } })]),
    ).toMatchObject({ tap: "tap-stripe", blockEnd: "loader failed" });
  });

  it("keeps each notice once and only the last lines", () => {
    const notice = '{"event":"notice","stream":"disputes","text":"skipped"}';
    const digest = digestOf("funnelfox", [notice, notice, ...Array.from({ length: 500 }, (_, n) => `line ${n}`)]);
    expect(digest.notices).toEqual(["disputes: skipped"]);
    expect(digest.lines().length).toBeLessThan(100);
    expect(digest.lines().at(-1)).toBe("line 499");
  });
});
