// Looks into what was read of the apps: is it there, and what does a config var hold.
import type { Secret } from "../common/secret.js";
import type { ActualApp, ActualState } from "../provision/types.js";

/** What was read of an app, or undefined when there is none of ours. */
export function presentApp(state: ActualState): ActualApp | undefined {
  return state.state === "present" ? state : undefined;
}

/** What a config var of an app holds; an empty one holds nothing. */
export function configOf(state: ActualState, name: string): Secret | undefined {
  const value = state.state === "present" ? state.config.get(name) : undefined;
  return value?.isEmpty ? undefined : value;
}
