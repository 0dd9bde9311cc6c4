// The line of a failed build's log that says why.
import { describe, expect, it } from "vitest";
import { logReason } from "../../scripts/deploy/log-reason.js";

function reasonOf(...lines: string[]): string | undefined {
  const log = logReason();
  for (const line of lines) log.read(line);
  return log.reason();
}

describe("the reason in a failed build's log", () => {
  it("is what the buildpack marked, not that the push failed", () => {
    expect(
      reasonOf(
        "-----> Installing dependencies",
        " !     Error: Unable to install dependencies using pip.",
        " !     ",
        " !     See the log output above for more information.",
        "",
        " !     Push rejected, failed to compile Python app.",
        "",
        " !     Push failed",
      ),
    ).toBe("Error: Unable to install dependencies using pip.");
  });

  it("is the last of several marked paragraphs, since the first ones are often warnings", () => {
    expect(
      reasonOf(" !     Warning: old npm", "-----> Building", " !     No matching version", " !     Push failed"),
    ).toBe("No matching version");
  });

  it("is found between colours and without indentation", () => {
    expect(reasonOf("\u001b[1;31m !     Out of disk\u001b[0m", "\u001b[31m!  \u001b[0m")).toBe("Out of disk");
  });

  it("is Heroku's own word where the buildpack marked nothing", () => {
    expect(
      reasonOf("npm ERR! code 1", " !     Push rejected, failed to compile Node.js app.", " !     Push failed"),
    ).toBe("Push rejected, failed to compile Node.js app.");
  });

  it("is the last line where nothing is marked at all", () => {
    expect(reasonOf("Step 2/3 : RUN x", "the command returned a non-zero code: 1", "   ")).toBe(
      "the command returned a non-zero code: 1",
    );
  });

  it("is unknown in a log without a word", () => {
    expect(reasonOf()).toBeUndefined();
    expect(reasonOf("", " !     ", " !")).toBeUndefined();
  });
});
