// Between plan and apply: refusals, what needs a person's word, the price limit, the one confirmation.
import { exitCodes } from "../../common/errors.js";
import { type Consent, changesOf, type Plan } from "../../provision/types.js";
import { renderRefusals } from "../../terminal/errors-text.js";
import { aboveLimit, dryRun } from "../../terminal/messages.js";
import { renderPlan } from "../../terminal/plan-text.js";
import type { SetupOptions } from "../../wizard/types.js";
import type { Session } from "../session.js";
import { type Ending, refusedEnding } from "./ending.js";
import type { Gathered } from "./gather.js";

/** The ending when the run stops here, or undefined to go on and apply. */
export async function decide(session: Session, options: SetupOptions, gathered: Gathered): Promise<Ending | undefined> {
  const { plan } = gathered;
  const { output, prompts } = session;
  const due = changesOf(plan).length > 0;
  const asTalk = () => renderPlan(plan, { style: output.style.talk });
  const asResult = () => renderPlan(plan, { style: output.style.result });

  const [refusal] = plan.refusals;
  if (refusal) {
    output.talk(asTalk());
    return refusedEnding(plan, refusal);
  }
  const limit = options.maxMonthlyCents;
  if (limit !== undefined && plan.monthlyCents > limit) {
    const message = aboveLimit(plan.monthlyCents, limit);
    output.talk([...asTalk(), message]);
    return refusedEnding(plan, { id: "max-monthly", message, commands: ["npm run setup -- --dry-run"] });
  }
  if (!due) return { status: "no_changes", exitCode: exitCodes.done, plan, lines: asResult() };
  if (options.dryRun) {
    const exitCode = options.detailedExitcode ? exitCodes.changesDue : exitCodes.done;
    const next = [{ command: "npm run setup", why: "to do what the plan says" }];
    return { status: "planned", exitCode, plan, next, lines: [...asResult(), "", dryRun] };
  }
  output.talk(asTalk());
  const declined = await consentTo(session, options, plan);
  if (declined) {
    const agree = `npm run setup -- ${declined.flag}`;
    output.talk(renderRefusals([{ ...declined, commands: [agree] }], output.style.talk));
    return refusedEnding(plan, { ...declined, commands: [...new Set([agree, ...declined.commands])] });
  }
  if (options.yes) return undefined;
  if (!prompts) return unconfirmed(session, plan);
  const { confirmPlan } = await import("../../wizard/questions.js");
  return (await confirmPlan(plan, prompts))
    ? undefined
    : refusedEnding(plan, { id: "declined", message: "Nothing was changed.", commands: [] });
}

/** Nobody is there to say yes. */
function unconfirmed({ output }: Session, plan: Plan): Ending {
  const why = "nobody can be asked here, so --yes has to say that the plan is wanted";
  output.talk(`Nothing was changed: ${why}.`);
  return {
    status: "action_required",
    exitCode: exitCodes.usage,
    plan,
    next: [{ command: "npm run setup -- --yes", why }],
    lines: [],
  };
}

/** The first consent that is neither given by flag nor by the person. */
async function consentTo(session: Session, options: SetupOptions, plan: Plan): Promise<Consent | undefined> {
  for (const consent of plan.consents) {
    if (byFlag(options, consent) || session.agreed.has(consent.id)) continue;
    if (session.prompts && (await askFor(session, consent))) continue;
    return consent;
  }
  return undefined;
}

function byFlag(options: SetupOptions, { id }: Consent): boolean {
  switch (id) {
    case "dirty-checkout":
      return options.deployHead;
    case "vulnerable-metabase":
      return options.acceptCve;
    case "adopt":
      return options.adopt;
    case "second-stack":
      return options.secondStack;
  }
}

async function askFor(session: Session, consent: Consent): Promise<boolean> {
  const { prompts } = session;
  if (!prompts) return false;
  const questions = await import("../../wizard/questions.js");
  switch (consent.id) {
    case "dirty-checkout":
      return questions.askDirtyCheckout({ files: consent.files ?? [] }, prompts);
    case "vulnerable-metabase":
      return questions.askAcceptCve(prompts);
    default:
      prompts.say(`${consent.message} ${consent.why ?? ""}`.trim());
      return prompts.confirm({ message: "Go on all the same?", default: false });
  }
}
