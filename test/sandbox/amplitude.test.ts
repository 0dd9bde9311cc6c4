// Amplitude's Export API in the sandbox, as a key probe meets it.
import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { hourOf } from "../../sandbox/amplitude/hours.js";
import { type AmplitudeProject, amplitude } from "../../sandbox/amplitude/index.js";

const us: AmplitudeProject = { apiKey: "a".repeat(32), secretKey: "b".repeat(32), region: "us" };
const eu: AmplitudeProject = { apiKey: "c".repeat(32), secretKey: "d".repeat(32), region: "eu" };
const app = new Hono()
  .route("/amplitude", amplitude({ projects: [us, eu] }))
  .route("/only-eu", amplitude({ projects: [us, eu], region: "eu" }));

async function get(path: string, keys?: { apiKey: string; secretKey: string }) {
  const Authorization = keys && `Basic ${Buffer.from(`${keys.apiKey}:${keys.secretKey}`).toString("base64")}`;
  const response = await app.request(path, { headers: Authorization === undefined ? {} : { Authorization } });
  return { status: response.status, text: await response.text() };
}
const day = "start=20261101T00&end=20261101T23";

describe("an export", () => {
  it("of a period without data is 404, which tells that the keys are good", async () => {
    for (const keys of [us, eu]) {
      expect(await get(`/amplitude/api/2/export?${day}`, keys)).toEqual({
        status: 404,
        text: "Raw data files were not found.",
      });
    }
  });

  it("without keys is 401, with wrong or swapped ones 403", async () => {
    expect((await get(`/amplitude/api/2/export?${day}`)).status).toBe(401);
    for (const keys of [
      { ...us, secretKey: eu.secretKey },
      { apiKey: us.secretKey, secretKey: us.apiKey },
    ]) {
      expect((await get(`/amplitude/api/2/export?${day}`, keys)).status).toBe(403);
    }
    expect((await get(`/amplitude/api/2/export?${day}`, { apiKey: us.apiKey, secretKey: "" })).status).toBe(401);
  });

  it("on the host of one region does not know the projects of the other", async () => {
    expect((await get(`/only-eu/api/2/export?${day}`, eu)).status).toBe(404);
    expect((await get(`/only-eu/api/2/export?${day}`, us)).status).toBe(403);
  });

  it.each([
    ["no start", "end=20261101T00"],
    ["no end", "start=20261101T00"],
    ["a day in place of an hour", "start=20261101&end=20261101T23"],
    ["one digit for the hour", "start=20261101T5&end=20261101T23"],
    ["a day that is none", "start=20260230T00&end=20260301T00"],
    ["an hour that is none", "start=20261101T24&end=20261102T00"],
    ["its end before its start", "start=20261101T01&end=20261101T00"],
    ["more than 365 days", "start=20251101T00&end=20261101T00"],
    ["an unknown parameter", `${day}&format=json`],
  ])("with %s is 400", async (_, query) => {
    expect((await get(`/amplitude/api/2/export?${query}`, us)).status).toBe(400);
  });

  it("of one hour, and of exactly 365 days, is taken", async () => {
    for (const query of ["start=20261101T00&end=20261101T00", "start=20251101T00&end=20261031T23"]) {
      expect((await get(`/amplitude/api/2/export?${query}`, us)).status).toBe(404);
    }
  });
});

describe("hours", () => {
  it("come back as they were written", () => {
    const dates = fc.date({ min: new Date("1971-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        const text = date.toISOString().replace(/-/g, "").slice(0, 11);
        const hour = hourOf(text);
        expect(hour).toBeDefined();
        expect(new Date(hour ?? 0).toISOString().replace(/-/g, "").slice(0, 11)).toBe(text);
      }),
    );
  });
});

describe("the events list", () => {
  it("is 200 with good keys, so that a probe can tell them without a period", async () => {
    expect(await get("/amplitude/api/2/events/list", us)).toEqual({ status: 200, text: '{"data":[]}' });
    expect((await get("/amplitude/api/2/nothing", us)).status).toBe(404);
  });
});
