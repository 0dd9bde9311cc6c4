// FunnelFox's items as it lists them, with the irregularities of its answers: ids with and without `pro_`, optional fields that are absent.
import type { Funnel, Ms, Product, Profile, Session, Subscription, Transaction } from "../business/facts.js";
import { stateAt } from "../business/views.js";
import { visitOf } from "../business/visit.js";

export type Item = { id: string } & Record<string, unknown>;

export const iso = (at: Ms): string => new Date(at).toISOString();
const shown = (id: string, prefixed: boolean): string => (prefixed ? `pro_${id}` : id);
/** A field that is left out when there is nothing to say. */
const optional = (name: string, value: unknown): Record<string, unknown> => (value === null ? {} : { [name]: value });

export function funnelItem({ id, title, alias, type, version, environment, tags, status, at }: Funnel): Item {
  return { id, title, alias, type, version, environment, tags, status, last_published_at: iso(at), variation_count: 0 };
}

export function productItem({ id, name, status }: Product): Item {
  return { id, name, status };
}

export function profileItem({ id, at, prefixed, preview, email, country, funnelId }: Profile): Item {
  return {
    ...{ id: shown(id, prefixed), created_at: iso(at), preview },
    ...{ ...optional("email", email), ...optional("country", country), funnel_id: funnelId },
  };
}

export function sessionItem(session: Session): Item {
  const { id, at, funnelId, profileId, prefixed, country } = session;
  const { city, ip, userAgent, funnelVersion, origin, postal } = visitOf(session);
  return {
    ...{ id, created_at: iso(at), funnel_id: funnelId, profile_id: shown(profileId, prefixed), city, country, ip },
    ...{
      user_agent: userAgent,
      funnel_version: funnelVersion,
      ...optional("origin", origin),
      ...optional("postal", postal),
    },
  };
}

/** `GET /sessions/{id}`: another shape, with UNIX seconds. */
export function sessionDetail(session: Session): Item {
  const { id, at, funnelId, profileId, prefixed } = session;
  const { query, replies, userAgent, origin } = visitOf(session);
  return {
    ...{ id, created_at: Math.floor(at / 1000), funnel_id: funnelId, profile_id: shown(profileId, prefixed) },
    ...{ origin, query_params: query, query: new URLSearchParams(query).toString(), user_agent: userAgent, replies },
  };
}

export function subscriptionItem(one: Subscription, product: Product | undefined, at: Ms): Item {
  const state = stateAt(one, at) ?? one.states[0];
  if (state === undefined) throw new Error(`Subscription ${one.id} has no state.`);
  const id = shown(one.profileId, one.prefixed);
  return {
    ...{ id: one.id, psp_id: state.pspId, status: state.status, renews: state.renews, sandbox: one.sandbox },
    ...{ created_at: iso(one.at), updated_at: iso(state.at), billing_interval: state.interval },
    ...{ billing_interval_count: state.count, price: state.price, currency: one.currency.toUpperCase() },
    ...{ price_usd: state.priceUsd, funnel_id: one.funnelId, funnel_version: one.funnelVersion },
    ...{ payment_provider: one.provider, period_starts_at: iso(state.periodStart) },
    ...optional("period_ends_at", state.periodEnd === null ? null : iso(state.periodEnd)),
    profile: { id, created_at: iso(one.profileAt), ...optional("email", one.profileEmail), preview: one.preview },
    ...(product === undefined ? {} : { product: productItem(product) }),
  };
}

export function transactionItem(one: Transaction, funnel: Funnel | undefined, at: Ms): Item {
  return {
    ...{
      id: one.id,
      created_at: iso(one.at),
      session_id: one.sessionId,
      profile_id: shown(one.profileId, one.prefixed),
    },
    ...{ funnel_id: one.funnelId, ...(funnel === undefined ? {} : { funnel: { id: funnel.id, title: funnel.title } }) },
    ...{ funnel_version: one.funnelVersion, currency: one.currency.toUpperCase(), price: one.price },
    ...{ price_usd: usdAt(one, at), sandbox: one.sandbox },
  };
}

function usdAt({ usd }: Transaction, at: Ms): number {
  return usd.filter((one) => one.at <= at).at(-1)?.priceUsd ?? 0;
}

/** When a transaction was last touched, which its item does not tell. */
export function touchedAt({ usd, at: made }: Transaction, at: Ms): Ms {
  return usd.filter((one) => one.at <= at).at(-1)?.at ?? made;
}
