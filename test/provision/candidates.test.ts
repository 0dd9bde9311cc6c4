// Which add-on of an app plays a declared part, and when nobody but the person can say.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AddOnSpec, pipelineApp } from "../../config/stack.js";
import { candidate, chosen } from "../../scripts/provision/candidates.js";
import { addOn, attachment, present } from "./world.js";

function specOf(service: string): AddOnSpec {
  const spec = pipelineApp.addOns.find((one) => one.service === service);
  if (!spec) throw new Error(`${service} is not declared`);
  return spec;
}
const database = specOf("heroku-postgresql");
const log = specOf("papertrail");
const own = addOn("reluvia-dwh-postgresql");
const other = addOn("postgresql-flat-12345", { plan: "essential-1" });
const dwh = (more: Parameters<typeof present>[1]) => present("reluvia-dwh", more);

describe("the database of an app", () => {
  it("is none on an app without one, whatever else it has", () => {
    expect(candidate(database, dwh({}))).toEqual({ kind: "none" });
    const redis = addOn("redis-1", { service: "heroku-redis" });
    expect(candidate(database, dwh({ addOns: [redis] }))).toEqual({ kind: "none" });
  });

  it("is ours by its name", () => {
    expect(candidate(database, dwh({ addOns: [own], attachments: [attachment("DATABASE", own.name)] }))).toEqual({
      kind: "own",
      addOn: own,
    });
  });

  it("is ours also while it is attached under no name", () => {
    expect(candidate(database, dwh({ addOns: [own] })).kind).toBe("own");
  });

  it("is a single one of another name, adopted", () => {
    expect(candidate(database, dwh({ addOns: [other] }))).toEqual({ kind: "adopt", addOn: other });
  });

  it("is asked for when there are two and neither is ours", () => {
    const second = addOn("postgresql-round-2");
    expect(candidate(database, dwh({ addOns: [other, second] }))).toEqual({
      kind: "ambiguous",
      addOns: [other, second],
    });
  });

  it("is asked for when another one holds DATABASE beside ours", () => {
    const attachments = [attachment("DATABASE", other.name), attachment("HEROKU_POSTGRESQL_PINK", own.name)];
    expect(candidate(database, dwh({ addOns: [other, own], attachments }))).toEqual({
      kind: "ambiguous",
      addOns: [own, other],
    });
  });

  it("is ours when another one stands beside it under another name", () => {
    const attachments = [attachment("DATABASE", own.name), attachment("OLD", other.name)];
    expect(candidate(database, dwh({ addOns: [other, own], attachments }))).toEqual({ kind: "own", addOn: own });
  });

  it("is ours when DATABASE belongs to another app's database that is only attached here", () => {
    const attachments = [attachment("DATABASE", "foreign-db", { ownerApp: "other-app" })];
    expect(candidate(database, dwh({ addOns: [own], attachments })).kind).toBe("own");
  });

  it("is never one that is gone", () => {
    const gone = { ...own, state: "deprovisioned" as const };
    expect(candidate(database, dwh({ addOns: [gone] }))).toEqual({ kind: "none" });
    expect(candidate(database, dwh({ addOns: [gone, other] }))).toEqual({ kind: "adopt", addOn: other });
  });

  it("has a name that follows from the app's own, not from that of another stack", () => {
    const state = present("acme-dwh", { addOns: [own] });
    expect(candidate(database, state)).toEqual({ kind: "adopt", addOn: own });
  });
});

describe("an add-on whose attachment's name does not matter", () => {
  it("is ours although another one of the service stands beside it", () => {
    const ours = addOn("reluvia-dwh-papertrail", { service: "papertrail" });
    const second = addOn("papertrail-cubic-1", { service: "papertrail" });
    const attachments = [attachment("PAPERTRAIL", second.name)];
    expect(candidate(log, dwh({ addOns: [second, ours], attachments }))).toEqual({ kind: "own", addOn: ours });
  });
});

describe("the one that is chosen", () => {
  it("is never one of several that could be meant", () => {
    const state = fc.constantFrom<("provisioning" | "provisioned" | "deprovisioned")[]>(
      "provisioning",
      "provisioned",
      "deprovisioned",
    );
    const names = fc.constantFrom("reluvia-dwh-postgresql", "a", "b", "c");
    const addOns = fc
      .uniqueArray(fc.record({ name: names, state }), { selector: ({ name }) => name, maxLength: 4 })
      .map((list) => list.map(({ name, state }) => addOn(name, { state })));
    fc.assert(
      fc.property(addOns, fc.option(names), (list, holder) => {
        const attachments = holder ? [attachment("DATABASE", holder)] : [];
        const found = candidate(database, dwh({ addOns: list, attachments }));
        const alive = list.filter((one) => one.state !== "deprovisioned");
        const one = chosen(database, dwh({ addOns: list, attachments }));
        if (found.kind === "ambiguous") expect([one, found.addOns.length > 1]).toEqual([undefined, true]);
        else if (found.kind === "none") expect([one, alive]).toEqual([undefined, []]);
        else expect(one === found.addOn && alive.includes(found.addOn)).toBe(true);
      }),
    );
  });
});
