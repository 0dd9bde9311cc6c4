// The one question before anything is written, with the price of each paid change in it.
import { changesOf, type Plan } from "../provision/types.js";
import { confirmQuestion } from "../terminal/messages.js";
import type { Prompts } from "./ui.js";

/**
 * Asks whether to go on. Where a change costs something the Enter key means no, so that nothing is bought by accident.
 * @throws Interrupted when the person leaves
 */
export async function confirmPlan(plan: Plan, ui: Prompts): Promise<boolean> {
  const paid = changesOf(plan).some(({ monthlyCents = 0 }) => monthlyCents > 0);
  return ui.confirm({ message: confirmQuestion(plan), default: !paid });
}
