// Errors as a person sees them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { Redactor } from "../../scripts/common/redact.js";
import { Secret } from "../../scripts/common/secret.js";
import { renderError } from "../../scripts/terminal/errors-text.js";
import { plainStyle } from "../../scripts/terminal/style.js";

const seen = (error: unknown, debug = false) => renderError(error, plainStyle, new Redactor(), debug);
const token = new ExpectedError("unreachable", "Heroku does not accept this token.", {
  why: "It is wrong, expired or revoked.",
  commands: ["heroku authorizations:create", "unset HEROKU_HOST"],
});

describe("an error", () => {
  it("says what is wrong, likely why, and what to try", () => {
    expect(seen(token)).toEqual([
      "✖ Heroku does not accept this token.",
      "  Likely why: It is wrong, expired or revoked.",
      "  Try: heroku authorizations:create",
      "       unset HEROKU_HOST",
    ]);
  });

  it("of several at once shows each", () => {
    const second = new ExpectedError("usage", "The region is not known.");
    expect(seen(new AggregateError([token, second]))).toEqual([...seen(token), "", "✖ The region is not known."]);
  });

  it("that nobody expected is called a bug, with its stack only when asked for", () => {
    const bug = new TypeError("cannot read x");
    expect(seen(bug)).toEqual([
      "✖ This is a bug in reluvia-dwh: cannot read x",
      "  Run it again with DEBUG=1 to see where it happened.",
    ]);
    expect(seen(bug, true).join("\n")).toMatch(/^✖ This is a bug in reluvia-dwh: cannot read x\n {2}at .*errors\.test/);
  });

  it("may be anything that was thrown", () => {
    expect(seen("just text")[0]).toBe("✖ This is a bug in reluvia-dwh: just text");
  });

  it("never breaks a command across lines", () => {
    const command = `npm run setup -- ${"--region eu ".repeat(12)}`.trim();
    expect(seen(new ExpectedError("failed", "No.", { commands: [command] }))).toContain(`  Try: ${command}`);
  });

  it("never shows a secret, in message, reason, command or stack, however long the line is", () => {
    // Spaces inside, so that folding has its chance to break the secret before it is masked.
    const secret = fc.stringMatching(/^[A-Z0-9]{4,9}( [A-Z0-9]{4,9}){1,6}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.boolean(), (value, noise, expected) => {
        const redactor = new Redactor();
        redactor.add(new Secret(value));
        const message = `${noise} ${value}`;
        const error = expected
          ? new ExpectedError("failed", message, { why: value, commands: [value] })
          : new Error(message);
        const all = renderError(error, plainStyle, redactor, true).join(" ").replace(/\s+/g, " ");
        expect(all).not.toContain(value);
      }),
    );
  });
});
