// Is the FunnelFox secret good? Lists one funnel with it.
import type { Secret } from "../common/secret.js";
import { ask, type ProbeDeps, type ProbeResult, said, unexpected, unreachable } from "./probe.js";

const WHERE = "FunnelFox > Project settings > API";

/** @param url FunnelFox's base address, with its /public/v1 */
export async function probeFunnelfox(
  { key, url }: { readonly key: Secret; readonly url: string },
  deps: ProbeDeps = {},
): Promise<ProbeResult> {
  const answer = await ask(
    { service: "FunnelFox", url: `${url}/funnels?limit=1`, headers: { "fox-secret": key.reveal() } },
    deps,
  );
  if ("unreachable" in answer) return unreachable(answer.unreachable);
  const body = typeof answer.json === "object" && answer.json !== null ? answer.json : {};
  if ([400, 401, 403].includes(answer.status) && "message" in body) {
    const words = said(answer, key);
    return {
      status: "refused",
      problem: `FunnelFox does not take the secret (${answer.status}${words ? `: ${words}` : ""}).`,
      why: "It is mistyped, was replaced, or belongs to another project.",
      where: `Copy the project's secret again: ${WHERE}.`,
    };
  }
  if (answer.status !== 200 || !("data" in body) || !Array.isArray(body.data)) return unexpected("FunnelFox", answer);
  return { status: "ok", detail: "project found", warnings: [] };
}
