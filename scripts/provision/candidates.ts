// Which add-on of an app plays a declared part: ours by name, another one to adopt, none, or too many to choose from.
import { type AddOnSpec, addOnName } from "../../config/stack.js";
import type { AddOn } from "../heroku/addons.js";
import type { ActualApp } from "./types.js";

export type Candidate =
  | { readonly kind: "own" | "adopt"; readonly addOn: AddOn }
  | { readonly kind: "none" }
  | { readonly kind: "ambiguous"; readonly addOns: readonly AddOn[] };

/**
 * Picks by our name first, then a single add-on of the service. Where the attachment's name matters (a database behind
 * DATABASE_URL), ours standing beside another one that holds the name is two candidates: asked, never picked.
 */
export function candidate(spec: AddOnSpec, actual: ActualApp): Candidate {
  const alive = actual.addOns.filter((addOn) => addOn.service === spec.service && addOn.state !== "deprovisioned");
  const own = alive.find((addOn) => addOn.name === addOnName(actual.app.name, spec));
  const holder = spec.attachment
    ? actual.attachments.find((attachment) => attachment.name === spec.attachment)?.addOnName
    : undefined;
  if (own) {
    const rival =
      holder !== undefined && holder !== own.name ? alive.find((addOn) => addOn.name === holder) : undefined;
    return rival ? { kind: "ambiguous", addOns: [own, rival] } : { kind: "own", addOn: own };
  }
  const [first, second] = alive;
  if (!first) return { kind: "none" };
  return second ? { kind: "ambiguous", addOns: alive } : { kind: "adopt", addOn: first };
}

/** The one add-on behind a spec, or undefined. */
export function chosen(spec: AddOnSpec, actual: ActualApp): AddOn | undefined {
  const found = candidate(spec, actual);
  return found.kind === "own" || found.kind === "adopt" ? found.addOn : undefined;
}
