// Questions that come up on the way, and what the Enter key means at each.
import { describe, expect, it } from "vitest";
import {
  askAcceptCve,
  askAdopt,
  askDirtyCheckout,
  askProbeFailed,
  askSaveToEnv,
  askTwoFactorCode,
} from "../../scripts/wizard/questions.js";
import { ENTER, fakePrompts } from "./fake-prompts.js";

describe("questions on the way", () => {
  it("saves to .env only when told to, and names the variables without values", async () => {
    const ui = fakePrompts([ENTER]);
    const save = { path: ".env", variables: ["HEROKU_API_KEY", "TAP_STRIPE_API_KEY"] };
    expect(await askSaveToEnv(save, ui)).toBe(false);
    expect(ui.asked[0]?.message).toBe("Save 2 answers to .env, readable by you only?");
    expect(ui.said).toEqual(["So that the next run does not ask: HEROKU_API_KEY, TAP_STRIPE_API_KEY."]);
    expect(await askSaveToEnv({ path: ".env", variables: [] }, fakePrompts([]))).toBe(false);
  });

  it("takes a two-factor code with spaces, masked, and not a word", async () => {
    const ui = fakePrompts(["what?", "123 456"]);
    expect((await askTwoFactorCode(ui)).reveal()).toBe("123456");
    expect(ui.asked[0]?.kind).toBe("password");
    expect(ui.refused).toHaveLength(1);
  });

  it("names the files that would not be deployed, five of them at most", async () => {
    const ui = fakePrompts([ENTER]);
    expect(await askDirtyCheckout({ files: ["a", "b", "c", "d", "e", "f", "g"] }, ui)).toBe(false);
    expect(ui.said).toEqual(["Not committed: a, b, c, d, e and 2 more. Only what is committed can be deployed."]);
  });

  it("lets the person decide when a key could not be checked", async () => {
    const ui = fakePrompts([true]);
    expect(await askProbeFailed({ source: "Stripe", why: "api.stripe.com did not answer." }, ui)).toBe(true);
    expect(ui.asked[0]).toMatchObject({ default: false });
    expect(ui.said).toEqual(["The Stripe key could not be checked. api.stripe.com did not answer."]);
  });

  it("accepts the buildpack's hole only in so many words", async () => {
    const ui = fakePrompts(["yes", "i accept cve-2023-38646", "I accept CVE-2023-38646"]);
    expect(await askAcceptCve(ui)).toBe(true);
    expect(ui.refused).toHaveLength(2);
    expect(ui.said.join()).toContain("0.45.3");
    expect(await askAcceptCve(fakePrompts([ENTER]))).toBe(false);
  });

  it("offers the stack that is already there before a second bill", async () => {
    const there = { pipelineApp: "reluvia-dwh", metabaseApp: "reluvia-metabase" };
    const wanted = { pipelineApp: "new-dwh", metabaseApp: "new-metabase" };
    const ui = fakePrompts([ENTER]);
    expect(await askAdopt([there], wanted, ui)).toEqual(there);
    expect(ui.said[0]).toContain("You already have reluvia-dwh and reluvia-metabase.");
    expect(await askAdopt([there], wanted, fakePrompts(["new"]))).toEqual(wanted);
    expect(await askAdopt([], wanted, fakePrompts([]))).toEqual(wanted);
  });
});
