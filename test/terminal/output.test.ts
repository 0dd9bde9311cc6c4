// The one writer: where texts go and what they never hold.
import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { Redactor } from "../../scripts/common/redact.js";
import { Secret } from "../../scripts/common/secret.js";
import { createOutput } from "../../scripts/terminal/output.js";
import { setupDocument } from "../../scripts/terminal/plan-json.js";
import { firstPlan } from "./fixture.js";
import { kept } from "./streams.js";

const utf8 = { LANG: "en_US.UTF-8" };

function open(env: Record<string, string> = utf8, redactor = new Redactor(), json = false) {
  const [stdout, stderr] = [kept(), kept()];
  return { stdout, stderr, ...createOutput({ stdout, stderr, env, json }, redactor) };
}

describe("the output", () => {
  it("puts results on stdout and talk and errors on stderr", () => {
    const { stdout, stderr, result, talk, fail } = open();
    result(["Plan: 1 to create"]);
    talk("Reading both apps");
    fail(new ExpectedError("failed", "It did not work."));
    expect(stdout.text()).toBe("Plan: 1 to create\n");
    expect(stderr.text()).toBe("Reading both apps\n✖ It did not work.\n");
  });

  it("shows running tasks under the apps' own names", async () => {
    const { stdout, stderr, tasks } = open();
    const view = tasks({ pipeline: "acme-dwh", metabase: "acme-bi" }, () => 0);
    view.report({ kind: "tasks", tasks: [{ id: "a", role: "metabase", title: "Create the app acme-bi" }] });
    view.report({ kind: "state", id: "a", state: "running" });
    await view.finish();
    expect(stderr.text().split("\n")[0]).toBe("acme-bi   Create the app acme-bi …");
    expect(stdout.text()).toBe("");
  });

  it("writes nothing for no lines", () => {
    const { stdout, stderr, result, talk } = open();
    result([]);
    talk([]);
    expect(stdout.text() + stderr.text()).toBe("");
  });

  it("prints a document as JSON that any program reads, also where the locale is ASCII", () => {
    const { stdout, result } = open({ LANG: "C" }, new Redactor(), true);
    const document = setupDocument({ status: "planned", plan: firstPlan });
    result(document);
    expect(JSON.parse(stdout.text())).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it("speaks ASCII where nothing else is understood", () => {
    const { stderr, talk } = open({ LANG: "C" });
    talk("✔ Done … 1 × Eco");
    expect(stderr.text()).toBe("v Done ... 1 x Eco\n");
  });

  it("never shows a secret, and stays JSON whatever the secret looks like", () => {
    const value = fc.string({ minLength: 6, maxLength: 40, unit: "grapheme" });
    fc.assert(
      fc.property(value, (secret) => {
        const redactor = new Redactor();
        redactor.add(new Secret(secret));
        const { stdout, stderr, result, talk, fail } = open(utf8, redactor, true);
        result({ deep: [{ text: `before ${secret} after` }], held: new Secret(secret), mark: "'" });
        talk(`it is ${secret}!`);
        fail(new ExpectedError("failed", secret, { why: `${secret} is wrong`, commands: [secret] }));
        const document = JSON.parse(stdout.text()) as { deep: { text: string }[]; held: string };
        expect(document.held).toBe("•••");
        // Secrets that are made of the words around them, or of spaces, would be seen anyway.
        if (["before ••• after", "it is •••!", "••• is wrong"].some((words) => words.includes(secret))) return;
        expect(document.deep[0]?.text).not.toContain(secret);
        if (secret.trim().length > 5) expect(stderr.text()).not.toContain(secret);
      }),
    );
  });

  it("shows the stack of a bug only with DEBUG", () => {
    const quiet = open();
    quiet.fail(new TypeError("x"));
    expect(quiet.stderr.text()).toContain("DEBUG=1");
    const loud = open({ ...utf8, DEBUG: "1" });
    loud.fail(new TypeError("x"));
    expect(loud.stderr.text()).toMatch(/ {2}at /);
  });

  it("outlives a reader that has gone away", async () => {
    const stdout = new Writable({
      write: (_, __, done) => done(Object.assign(new Error("broken pipe"), { code: "EPIPE" })),
    });
    const stderr = kept();
    const output = createOutput({ stdout, stderr, env: utf8, json: false }, new Redactor());
    output.result(["one"]);
    await new Promise(setImmediate);
    output.result(["two"]);
    await output.flush();
    output.talk("still here");
    output.close();
    expect(stderr.text()).toBe("still here\n");
  });

  it("is flushed when everything has left", async () => {
    const parts: string[] = [];
    const slow = new Writable({
      write: (chunk: Buffer, _, done) => {
        setImmediate(() => {
          parts.push(chunk.toString());
          done();
        });
      },
    });
    const output = createOutput({ stdout: slow, stderr: kept(), env: utf8, json: false }, new Redactor());
    output.result(["a"]);
    output.result(["b"]);
    await output.flush();
    expect(parts.join("")).toBe("a\nb\n");
  });
});
