// Whose charges and events are, in worlds so small that a person can check them: every answer was worked out by hand.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Facts, Touch } from "../../../sandbox/business/facts.js";
import { handmade } from "../../../sandbox/business/handmade.js";
import { truthOf } from "../../../sandbox/business/truth/index.js";
import { charge, customer, profile, state, subscription, time, touch } from "./support.js";

const start = new Date("2026-01-01T00:00:00Z");

function answers(now: string, facts: Partial<Facts>, touches: Touch[] = []) {
  return truthOf(handmade({ start, now: new Date(now), facts, touches }));
}

describe("whose a charge is", () => {
  const links = (facts: Partial<Facts>) =>
    Object.fromEntries(
      answers("2026-03-01T12:00:00Z", facts).identity_links.map((row) => [
        row.source_id,
        [row.method, row.profile_id, row.candidates],
      ]),
    );
  const paid = (profileId: string, pspId: string) =>
    subscription(`s_${pspId}`, profileId, [state("2026-01-05T00:00:00Z", "active", { pspId })]);

  it("is told by the payment id first, then by the e-mail, then by the customer", () => {
    const facts = {
      profiles: [profile("A", { email: " Ann@X.io " }), profile("B")],
      subscriptions: [paid("B", "ch_first")],
      charges: [
        charge("ch_first", "2026-01-05T00:00:00Z", 100, { customerId: "cus_b", billingEmail: "ann@x.io" }),
        charge("ch_renewal", "2026-02-05T00:00:00Z", 100, { customerId: "cus_b" }),
        charge("ch_mail", "2026-02-06T00:00:00Z", 100, { customerId: "cus_b", receiptEmail: "ANN@x.io" }),
        charge("ch_nobody", "2026-02-07T00:00:00Z", 100),
      ],
    };
    expect(links(facts)).toEqual({
      ch_first: ["psp_id", "B", 1],
      ch_renewal: ["stripe_customer", "B", 1],
      ch_mail: ["email", "A", 1],
      ch_nobody: [null, null, 0],
    });
  });

  it("takes the first e-mail that is not blank: billing, receipt, the customer's, which goes when the customer is deleted", () => {
    const facts = (deletedAt: number | null) => ({
      profiles: [profile("A", { email: "a@x.io" }), profile("B", { email: "b@x.io" })],
      customers: [customer("cus_1", { email: "A@X.IO", deletedAt })],
      charges: [
        charge("ch_1", "2026-02-01T00:00:00Z", 100, { customerId: "cus_1", billingEmail: " ", receiptEmail: "b@x.io" }),
        charge("ch_2", "2026-02-01T00:00:00Z", 100, { customerId: "cus_1", billingEmail: "" }),
      ],
    });
    expect(links(facts(null))).toEqual({ ch_1: ["email", "B", 1], ch_2: ["email", "A", 1] });
    expect(links(facts(time("2026-02-15T00:00:00Z"))).ch_2).toEqual([null, null, 0]);
  });

  it("stays open when two share the e-mail or the customer, and names how many", () => {
    const facts = {
      profiles: [profile("A", { email: "s@x.io" }), profile("B"), profile("C")],
      subscriptions: [
        subscription("s", "B", [state("2026-01-05T00:00:00Z", "active")], { profileEmail: "S@x.io" }),
        paid("B", "ch_b"),
        paid("C", "ch_c"),
      ],
      charges: [
        charge("ch_b", "2026-01-05T00:00:00Z", 100, { customerId: "cus_two" }),
        charge("ch_c", "2026-01-06T00:00:00Z", 100, { customerId: "cus_two" }),
        charge("ch_more", "2026-01-07T00:00:00Z", 100, { customerId: "cus_two" }),
        charge("ch_mail", "2026-01-08T00:00:00Z", 100, { billingEmail: "s@x.io" }),
      ],
    };
    expect(links(facts)).toMatchObject({ ch_more: [null, null, 2], ch_mail: [null, null, 2] });
  });

  it("is never told by a preview or by a sandbox purchase", () => {
    const facts = {
      profiles: [profile("P", { email: "p@x.io", preview: true }), profile("A")],
      subscriptions: [{ ...paid("A", "ch_1"), sandbox: true, profileEmail: "test@x.io" }],
      charges: [
        charge("ch_1", "2026-01-05T00:00:00Z", 100, { billingEmail: "p@x.io" }),
        charge("ch_2", "2026-01-05T00:00:00Z", 100, { billingEmail: "test@x.io" }),
      ],
    };
    expect(links(facts)).toEqual({ ch_1: [null, null, 0], ch_2: [null, null, 0] });
  });
});

describe("whose an event is", () => {
  const facts = { profiles: [profile("A", { email: "a@x.io" }), profile("B")] };
  const day = "2026-02-01T10:00:00Z";
  const events = (touches: Touch[], now = "2026-02-02T10:00:00Z") => answers(now, facts, touches);

  it("follows the user id with or without pro_, then the e-mail, then the device it was seen on", () => {
    const { identity_links, totals } = events([
      touch(day, { userId: "pro_A", deviceId: "phone" }),
      touch(day, { userId: " A", deviceId: "phone" }),
      touch(day, { deviceId: "phone" }),
      touch(day, { deviceId: "tablet", email: "A@x.io " }),
      touch(day, { deviceId: "tablet" }),
      touch(day, { userId: "stranger", deviceId: "other" }),
    ]);
    expect(totals).toMatchObject({ fct_events: 6, events_by_method: { user_id: 2, email: 1, device_id: 1, none: 2 } });
    const rows = Object.fromEntries(
      identity_links.map((row) => [`${row.source_type} ${row.source_id}`, row.profile_id]),
    );
    expect(rows).toEqual({
      "user_id A": "A",
      "user_id stranger": null,
      [`email ${createHash("md5").update("a@x.io").digest("hex")}`]: "A",
      "device_id phone": "A",
      // An e-mail says nothing of a device.
      "device_id tablet": null,
      "device_id other": null,
    });
  });

  it("is nobody's by a device once a second person was seen on it, for the events before too", () => {
    const first = [touch(day, { userId: "A", deviceId: "shared" }), touch(day, { deviceId: "shared" })];
    const later = touch("2026-02-03T10:00:00Z", { userId: "B", deviceId: "shared" });
    expect(events([...first, later]).totals.events_by_method).toEqual({ user_id: 1, email: 0, device_id: 1, none: 0 });
    const after = events([...first, later], "2026-02-04T10:00:00Z");
    expect(after.totals.events_by_method).toEqual({ user_id: 2, email: 0, device_id: 0, none: 1 });
    expect(after.identity_links.find(({ source_id }) => source_id === "shared")).toMatchObject({
      profile_id: null,
      candidates: 2,
    });
  });

  it("takes Amplitude's own number where there is no device, and never an empty device", () => {
    const { identity_links, totals } = events([
      touch(day, { userId: "A", deviceId: "", amplitudeId: 7 }),
      touch(day, { deviceId: " ", amplitudeId: 7 }),
      touch(day, { deviceId: "", amplitudeId: 8 }),
    ]);
    expect(totals.events_by_method).toEqual({ user_id: 1, email: 0, device_id: 1, none: 1 });
    expect(
      identity_links
        .filter(({ source_type }) => source_type === "amplitude_id")
        .map((row) => [row.source_id, row.profile_id]),
    ).toEqual([
      ["7", "A"],
      ["8", null],
    ]);
  });

  it("counts only hours that are surely whole: those that closed two hours ago", () => {
    const late = touch("2026-02-02T07:30:00Z");
    expect(events([late], "2026-02-02T09:59:59Z").totals.fct_events).toBe(0);
    expect(events([late], "2026-02-02T10:00:00Z").totals.fct_events).toBe(1);
    const slow = { ...late, availableAt: time("2026-02-02T20:00:00Z") };
    expect(events([slow], "2026-02-02T19:00:00Z").totals.fct_events).toBe(0);
    expect(events([slow], "2026-02-03T02:00:00Z").totals.fct_events).toBe(1);
  });
});
