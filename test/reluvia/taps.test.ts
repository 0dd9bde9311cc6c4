// The taps' own tests, in Python: every rule against a pretended source, and the Singer SDK's standard tests.
import { describe, expect, it } from "vitest";
import { pythonForTests, runPytest } from "./pytest.js";

const python = await pythonForTests();

describe.skipIf(!python)("the taps", () => {
  const suites = { "tap-stripe": "test_stripe_*.py", "tap-amplitude": "test_amplitude_*.py" };
  for (const [tap, files] of Object.entries(suites)) {
    it(`${tap} keeps its rules and passes the SDK's standard tests`, { timeout: 600_000 }, async () => {
      if (!python) return;
      const wanted = files.replace("*.py", "");
      const last = await runPytest(python, ["reluvia/tests/taps"], { args: ["-k", wanted] });
      expect(last).toMatch(/^[1-9]\d+ passed/);
    });
  }
});
