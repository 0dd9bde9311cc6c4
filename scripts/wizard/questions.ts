// Every question that a command may ask, to import from one place.

export {
  ACCEPT_CVE,
  askAcceptCve,
  askAdopt,
  askDirtyCheckout,
  askProbeFailed,
  askSaveToEnv,
  askTwoFactorCode,
  type ExistingStack,
} from "./asides.js";
export { type AskContext, askAnswers } from "./ask.js";
export { confirmPlan } from "./confirm-plan.js";
export { type ReviewContext, reviewAnswers } from "./review.js";
export { Interrupted, type Prompts } from "./ui.js";
