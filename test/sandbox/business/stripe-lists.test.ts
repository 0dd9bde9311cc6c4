// Stripe's lists of the pretended company, as a tap meets them over HTTP.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBusiness } from "../../../sandbox/business/company.js";
import { type Sources, startSources } from "../../../sandbox/business/sources.js";
import { DAY } from "../../../sandbox/business/time.js";
import { accountOf, type Resource } from "../../../sandbox/stripe/account.js";
import { historyOf } from "../../../sandbox/stripe/history.js";
import { type Answer, clientOf } from "./support.js";

const now = new Date("2026-11-24T10:30:00Z");
let sources: Sources;
let stripe: ReturnType<typeof clientOf>["stripe"];

beforeAll(async () => {
  sources = await startSources({ now });
  stripe = clientOf(sources).stripe;
});
afterAll(() => sources.close());

async function all(path: string, limit = 100): Promise<NonNullable<Answer["data"]>> {
  const list: NonNullable<Answer["data"]> = [];
  for (;;) {
    const last = list.at(-1);
    const { status, body } = await stripe(
      `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${last ? `&starting_after=${last.id}` : ""}`,
    );
    expect(status).toBe(200);
    list.push(...(body.data ?? []));
    if (!body.has_more) return list;
  }
}

const ids = (list: { id: string }[]): string[] => list.map(({ id }) => id);

describe("a list", () => {
  it.each([7, 100])("in pages of %i shows everything once, newest first", async (limit) => {
    const list = await all("charges", limit);
    const known = sources.business.facts().charges;
    expect(ids(list).sort()).toEqual(ids(known).sort());
    const created = list.map((one) => Number(one.created));
    expect(created).toEqual([...created].sort((a, b) => b - a));
  });

  it("backwards with ending_before shows the same", async () => {
    const list = await all("charges");
    const middle = list[50]?.id ?? "";
    const before = await stripe(`charges?limit=10&ending_before=${middle}`);
    expect(ids(before.body.data ?? [])).toEqual(ids(list.slice(40, 50)));
    expect(before.body.has_more).toBe(true);
    expect((await stripe(`charges?ending_before=${middle}&starting_after=${middle}`)).status).toBe(400);
  });

  it("takes windows of created, edges as written", async () => {
    const list = await all("charges");
    const edge = Number(list[20]?.created);
    const inWindow = (fits: (created: number) => boolean): string[] =>
      ids(list.filter((one) => fits(Number(one.created))));
    expect(ids(await all(`charges?created[gte]=${edge}`))).toEqual(inWindow((at) => at >= edge));
    expect(ids(await all(`charges?created[gt]=${edge}`))).toEqual(inWindow((at) => at > edge));
    expect(ids(await all(`charges?created[lt]=${edge}&created[gte]=${edge - 864_000}`))).toEqual(
      inWindow((at) => at < edge && at >= edge - 864_000),
    );
    expect(ids(await all(`charges?created[lte]=${edge}`, 50))).toEqual(inWindow((at) => at <= edge));
    expect((await stripe("charges?created[gte]=yesterday")).status).toBe(400);
    expect((await stripe("charges?created[from]=5")).status).toBe(400);
  });

  it("of subscriptions leaves out ended ones unless status=all", async () => {
    const [some, every] = [await all("subscriptions"), await all("subscriptions?status=all")];
    expect(some.some(({ status }) => status === "canceled")).toBe(false);
    expect(every.length).toBe(sources.business.facts().subscriptions.filter((one) => one.stripe !== null).length);
    expect(every.some(({ status }) => status === "canceled")).toBe(true);
    expect((await stripe("subscriptions?status=cancelled")).status).toBe(400);
  });

  it("never holds a deleted customer, who can be asked for by id", async () => {
    const gone = sources.business
      .facts()
      .customers.find(({ deletedAt }) => deletedAt !== null && deletedAt <= now.getTime());
    expect(ids(await all("customers"))).not.toContain(gone?.id);
    const { status, body } = await stripe(`customers/${gone?.id}`);
    expect({ status, body }).toEqual({ status: 200, body: { id: gone?.id, object: "customer", deleted: true } });
    expect((await stripe("customers/cus_nobody")).body.error).toMatchObject({ code: "resource_missing", param: "id" });
    expect((await stripe("customers/cus_nobody")).status).toBe(404);
  });

  it("shows what is expanded as objects, and refuses what cannot be", async () => {
    const list = await all("charges?expand[]=data.balance_transaction&expand[]=data.refunds");
    const refunded = list.find((one) => Number(one.amount_refunded) > 0);
    expect(refunded?.balance_transaction).toMatchObject({ object: "balance_transaction", source: refunded?.id });
    expect(refunded?.refunds).toMatchObject({ object: "list", data: [{ object: "refund", charge: refunded?.id }] });
    const invoices = await all("invoices?expand[]=data.payments");
    expect(invoices[0]?.payments).toMatchObject({ data: [{ payment: { type: "payment_intent" } }] });
    for (const path of ["data.invoice", "refunds", "data.customer.a.b.c"]) {
      expect((await stripe(`charges?expand[]=${path}`)).status).toBe(400);
    }
  });

  it("wants a version whose shapes it shows", async () => {
    const authorization = `Bearer ${sources.env.TAP_STRIPE_API_KEY}`;
    const ask = (headers: Record<string, string>) => fetch(`${sources.env.STRIPE_API_URL}/v1/charges`, { headers });
    expect((await ask({ authorization })).status).toBe(400);
    expect((await ask({ authorization, "stripe-version": "2022-11-15" })).status).toBe(400);
    expect((await ask({ authorization, "stripe-version": "2025-03-31.basil" })).status).toBe(200);
  });
});

describe("a restricted key", () => {
  it("reads what it may, and is told the permission that it lacks", async () => {
    sources.stripeKeys.push({
      key: "rk_live_sandboxChargesOnly",
      live: true,
      restrictedTo: ["charge_read", "event_read"],
    });
    const ask = (path: string) => stripe(path, "rk_live_sandboxChargesOnly");
    expect((await ask("charges")).status).toBe(200);
    expect((await ask("refunds")).status).toBe(200);
    const refused = await ask("disputes");
    expect(refused.status).toBe(403);
    expect(refused.body.error?.message).toContain("rak_dispute_read");
    expect((await ask("charges?expand[]=data.balance_transaction")).status).toBe(403);
  });
});

describe("an endpoint", () => {
  it("answers 429 when it is asked faster than the limit, and others go on", async () => {
    sources.quirks.stripe.perSecond = 3;
    const answers = await Promise.all(Array.from({ length: 12 }, () => stripe("products")));
    expect(answers.some(({ status, body }) => status === 429 && body.error?.code === "rate_limit")).toBe(true);
    expect((await stripe("prices")).status).toBe(200);
    sources.quirks.stripe.perSecond = Number.POSITIVE_INFINITY;
  });
});

describe("events", () => {
  it("reach back 30 days, newest first, and show the object as it was then", async () => {
    const list = await all("events");
    const oldest = now.getTime() / 1000 - 30 * 86_400;
    expect(list.every(({ created }) => Number(created) >= oldest)).toBe(true);
    const types = new Set(list.map(({ type }) => type));
    for (const type of [
      "charge.succeeded",
      "charge.refunded",
      "customer.subscription.updated",
      "customer.deleted",
      "invoice.paid",
    ]) {
      expect(types).toContain(type);
    }
    const deleted = list.find(({ type }) => type === "customer.deleted");
    expect((deleted?.data as { object?: object } | undefined)?.object).not.toHaveProperty("deleted");
    expect(
      (await all("events?types[]=charge.refunded&types[]=refund.*")).every(({ type }) => /refund/.test(String(type))),
    ).toBe(true);
  });

  it("lead to every object that changed since a night, but for young balance transactions", () => {
    for (const seed of [1, 2]) {
      const business = createBusiness({ seed, profiles: 200, days: 100, now });
      const look = accountOf(business);
      for (let night = 0; night < 3; night += 1) {
        const since = business.now().getTime();
        const shown = snapshot(look(), since);
        business.advance(3);
        const later = look();
        const touched = reachable(business, later, since);
        const shownLater = snapshot(later, later.now);
        const changed = [...shownLater].filter(([key, now]) => shown.has(key) && shown.get(key) !== now);
        expect(changed.length).toBeGreaterThan(5);
        const missed = changed
          .map(([key]) => key.split(" ") as [Resource, string])
          .filter(([, id]) => !touched.has(id));
        const born = ([name, id]: [Resource, string]) => later.entries[name][later.places[name].get(id) ?? -1]?.at ?? 0;
        expect(missed.filter(([name]) => name !== "balance_transactions")).toEqual([]);
        expect(missed.filter((one) => born(one) < since - 14 * DAY)).toEqual([]);
        const fresh = [...shownLater.keys()].filter((key) => !shown.has(key)).map((key) => key.split(" "));
        expect(fresh.filter((one) => born(one as [Resource, string]) <= since)).toEqual([]);
      }
    }
  });
});

function snapshot(account: ReturnType<ReturnType<typeof accountOf>>, at: number): Map<string, string> {
  const lists = Object.entries(account.entries);
  return new Map(
    lists.flatMap(([name, entries]) =>
      entries.map((one) => [`${name} ${one.id}`, JSON.stringify(one.look({ at, live: true }))]),
    ),
  );
}

/** Ids that a client finds in the events since then: the objects, and the charges that refunds and disputes name. */
function reachable(
  business: Parameters<typeof accountOf>[0],
  account: ReturnType<ReturnType<typeof accountOf>>,
  since: number,
): Set<string> {
  const found = new Set<string>();
  for (const event of historyOf(business, account)) {
    if (event.at < since) continue;
    const { object } = (
      event.look({ at: account.now, live: true }) as unknown as { data: { object: Record<string, unknown> } }
    ).data;
    found.add(String(object.id));
    if (object.object === "refund" || object.object === "dispute") found.add(String(object.charge));
  }
  return found;
}
