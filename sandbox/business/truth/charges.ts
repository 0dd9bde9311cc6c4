// Whose each charge is: by the payment id of a subscription, by e-mail, by the Stripe customer.
import type { Charge } from "../facts.js";
import { stateAt } from "../views.js";
import { addTo, bareMail, type Known } from "./known.js";
import { decide } from "./ladder.js";
import type { IdentityLinkRow } from "./rows.js";

/** One row for each charge, in their order. */
export function chargeLinks(known: Known): IdentityLinkRow[] {
  const { at, subscriptions, charges, byMail, facts } = known;
  const byPayment = new Map<string, Set<string>>();
  for (const one of subscriptions) addTo(byPayment, stateAt(one, at)?.pspId, one.profileId);
  const customerMail = new Map(
    facts.customers.map(({ id, email, deletedAt }) => [id, deletedAt !== null && deletedAt <= at ? null : email]),
  );
  const mailOf = ({ billingEmail, receiptEmail, customerId }: Charge): string | null =>
    bareMail(billingEmail) ?? bareMail(receiptEmail) ?? bareMail(customerMail.get(customerId ?? "") ?? null);
  const byCustomer = new Map<string, Set<string>>();
  for (const { id, customerId } of charges) {
    const owners = [...(byPayment.get(id) ?? [])];
    if (owners.length === 1 && owners[0] !== undefined) addTo(byCustomer, customerId, owners[0]);
  }
  return charges.map((charge) => ({
    source: "stripe",
    source_type: "charge",
    source_id: charge.id,
    ...decide([
      { method: "psp_id", candidates: byPayment.get(charge.id) },
      { method: "email", candidates: byMail.get(mailOf(charge) ?? "") },
      { method: "stripe_customer", candidates: byCustomer.get(charge.customerId ?? "") },
    ]),
  }));
}
