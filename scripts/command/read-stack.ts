// What setup and verify both begin with: the apps' names, the remote, the checkout, and the secrets that must stay masked.
import type { AnswerName } from "../../config/answers.js";
import { metabaseApp } from "../../config/stack.js";
import { reveal } from "../common/secret.js";
import { type CheckoutSource, type Git, readCheckout } from "../deploy/checkout.js";
import { type Names, type Remote, readActual } from "../provision/read.js";
import type { Actual, Answers } from "../provision/types.js";
import { fillDefaults } from "../wizard/answers.js";
import type { Session } from "./session.js";

/** Both apps' names: as answered, else the default. */
export function namesOf(answers: Answers, today: Date): Names {
  const settled = fillDefaults(answers, { today });
  const name = (answer: AnswerName) => reveal(settled[answer]?.value ?? "");
  return { pipelineApp: name("pipeline-app"), metabaseApp: name("metabase-app") };
}

export interface Stack {
  readonly actual: Actual;
  readonly checkout: { readonly pipeline: CheckoutSource; readonly metabase: CheckoutSource };
}

/** Reads Heroku and the checkout side by side. From then on the output masks what the apps hold. */
export async function readStack(session: Session, remote: Remote, git: Git, names: Names): Promise<Stack> {
  const [actual, checkout] = await Promise.all([readActual(remote, names), readCheckout(git, metabaseApp.folder)]);
  rememberSecrets(session, actual);
  return { actual, checkout };
}

/** What the apps hold is masked in whatever is shown later, such as a build's log; short and public values stay readable. */
function rememberSecrets({ redactor }: Session, actual: Actual): void {
  for (const state of [actual.pipeline, actual.metabase]) {
    if (state.state !== "present") continue;
    for (const [name, value] of state.config)
      if (/KEY|SECRET|TOKEN|PASSWORD|_URL$|_URI$|WEBHOOK/.test(name) && !isPublic(name)) redactor.add(value);
  }
}

const isPublic = (name: string) => name === "MB_SITE_URL";
