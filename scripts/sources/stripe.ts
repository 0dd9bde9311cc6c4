// Is the Stripe key good? Reads one charge with it.
import type { Secret } from "../common/secret.js";
import { ask, type ProbeDeps, type ProbeResult, said, unexpected, unreachable } from "./probe.js";

/** The API version that answers are read in (Stripe API reference, Versioning). */
export const stripeVersion = "2025-03-31.basil";

const WHERE = "Stripe > Developers > API keys (https://dashboard.stripe.com/apikeys)";
const RESTRICTED = `Make a restricted key with read permission on all core and billing resources: ${WHERE} > Create restricted key.`;

/** @param url Stripe's base address, without /v1 */
export async function probeStripe(
  { key, url }: { readonly key: Secret; readonly url: string },
  deps: ProbeDeps = {},
): Promise<ProbeResult> {
  const kind = kindOf(key);
  if (kind === "publishable") {
    return {
      status: "refused",
      problem: "The Stripe key is a publishable key (pk_…), which cannot read charges.",
      why: "Stripe lists it beside the secret key.",
      where: RESTRICTED,
    };
  }
  const answer = await ask(
    {
      service: "Stripe",
      url: `${url}/v1/charges?limit=1`,
      headers: { authorization: `Bearer ${key.reveal()}`, "stripe-version": stripeVersion },
    },
    deps,
  );
  if ("unreachable" in answer) return unreachable(answer.unreachable);
  if (answer.status === 401 && isStripes(answer.json)) {
    return {
      status: "refused",
      problem: "Stripe does not take the key (401).",
      why: said(answer, key).includes("xpired")
        ? "It has expired."
        : "It is mistyped, was rolled or deleted, or belongs somewhere else.",
      where: RESTRICTED,
    };
  }
  if (answer.status === 403 && isStripes(answer.json)) {
    // Stripe's sentence begins with a shortened key; only the permission's name is taken from it.
    const permission = /rak_[a-z_]+/.exec(said(answer, key))?.[0];
    return {
      status: "refused",
      problem: "Stripe takes the key, but does not let it read charges (403).",
      why: `The restricted key lacks the permission ${permission ?? "rak_charge_read"} (Charges: Read).`,
      where: `Edit the key, and give it read permission on all core and billing resources: ${WHERE}.`,
    };
  }
  if (answer.status !== 200 || !isList(answer.json)) return unexpected("Stripe", answer);
  const warnings: string[] = [];
  const test = key.reveal().includes("_test_");
  if (test) warnings.push("This is a test key: the figures are test data.");
  if (kind === "secret" && !test) {
    warnings.push(`This key can move money; a restricted key that only reads is enough. ${RESTRICTED}`);
  }
  return { status: "ok", detail: `${test ? "test" : "live"} mode, ${kind} key`, warnings };
}

/** Kinds of keys by their beginning (Stripe docs, API keys). */
function kindOf(key: Secret): "publishable" | "restricted" | "secret" {
  const text = key.reveal();
  if (text.startsWith("pk_")) return "publishable";
  return text.startsWith("rk_") ? "restricted" : "secret";
}

function isList(json: unknown): boolean {
  return typeof json === "object" && json !== null && Array.isArray((json as { data?: unknown }).data);
}

function isStripes(json: unknown): boolean {
  return typeof json === "object" && json !== null && "error" in json;
}
