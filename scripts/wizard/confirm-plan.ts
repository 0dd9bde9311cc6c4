// The one question before anything is written, with its price in it.
import { dollars, monthly } from "../terminal/money.js";
import type { Prompts } from "./ui.js";

export interface PlanToConfirm {
  /** the whole stack a month, in cents */
  readonly monthlyCents: number;
  /** what the changes add to a month, in cents, negative when they save; absent: everything is new */
  readonly changesCents?: number | undefined;
  /** the plan in words, shown above the question; "" when it is on the screen already */
  readonly text: string;
}

/**
 * Asks whether to go on. Where that costs something the Enter key means no, so that nothing is bought by accident.
 * @throws Interrupted when the person leaves
 */
export async function confirmPlan(plan: PlanToConfirm, ui: Prompts): Promise<boolean> {
  if (plan.text !== "") ui.say(plan.text);
  return ui.confirm({ message: planQuestion(plan), default: (plan.changesCents ?? plan.monthlyCents) <= 0 });
}

/** The question's words. */
export function planQuestion({ monthlyCents, changesCents = monthlyCents }: PlanToConfirm): string {
  const whole = monthly(monthlyCents);
  if (changesCents > 0 && changesCents === monthlyCents) return `Create all this for ${whole}?`;
  if (changesCents > 0) return `Do this for ${monthly(changesCents)} more? The whole stack is then ${whole}.`;
  if (changesCents < 0) return `Do this? It saves ${dollars(-changesCents)} a month; the whole stack is then ${whole}.`;
  return `Do this? It adds nothing to the bill; the whole stack is ${whole}.`;
}
