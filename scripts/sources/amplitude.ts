// Are the Amplitude keys good? Asks the Export API, which the loader uses, for one hour in which nothing was uploaded.
import { amplitudeHosts } from "../../config/hosts.js";
import type { BoundedAnswer } from "../common/fetch.js";
import type { Secret } from "../common/secret.js";
import { ask, looksLikeHtml, type ProbeDeps, type ProbeResult, unexpected, unreachable } from "./probe.js";

export type AmplitudeRegion = "us" | "eu";

export interface AmplitudeKeys {
  readonly apiKey: Secret;
  readonly secretKey: Secret;
  readonly region: AmplitudeRegion;
  /** base address, without /api/2; the other region is tried only when this is the region's own address */
  readonly url: string;
}

const WHERE = "Amplitude > Settings > Projects > your project > General";
/** Hours are written as YYYYMMDDTHH; a 404 says that there is no data in them (Amplitude Docs, Export API > Status codes). */
const EMPTY_HOUR = "20150101T00";
/** The two bytes that every zip archive begins with. */
const ZIP = "PK";

export async function probeAmplitude(keys: AmplitudeKeys, deps: ProbeDeps = {}): Promise<ProbeResult> {
  const answer = await askExport(keys, keys.url, deps);
  if ("unreachable" in answer) return unreachable(answer.unreachable);
  const taken = ifTaken(answer, keys.region);
  if (taken) return taken;
  if ((answer.status !== 401 && answer.status !== 403) || looksLikeHtml(answer.text)) {
    return unexpected("Amplitude", answer);
  }
  const other: AmplitudeRegion = keys.region === "us" ? "eu" : "us";
  if (keys.url === amplitudeHosts[keys.region]) {
    const elsewhere = await askExport(keys, amplitudeHosts[other], deps);
    if (!("unreachable" in elsewhere) && ifTaken(elsewhere, other)) {
      return {
        status: "refused",
        problem: `Amplitude's ${keys.region} region does not know the keys (${answer.status}), its ${other} region does.`,
        why: `This project lives in ${other}.`,
        where: `Set TAP_AMPLITUDE_REGION=${other}, or --amplitude-region ${other}.`,
      };
    }
  }
  return {
    status: "refused",
    problem: `Amplitude does not take the keys (${answer.status}).`,
    why:
      "The API key and the secret key may be swapped, be of two projects, " +
      `or belong to a project of the other region (${other}).`,
    where: `Both stand in ${WHERE}.`,
  };
}

function askExport(
  keys: AmplitudeKeys,
  url: string,
  deps: ProbeDeps,
): Promise<BoundedAnswer | { readonly unreachable: string }> {
  const credentials = Buffer.from(`${keys.apiKey.reveal()}:${keys.secretKey.reveal()}`).toString("base64");
  return ask(
    {
      service: "Amplitude",
      url: `${url}/api/2/export?start=${EMPTY_HOUR}&end=${EMPTY_HOUR}`,
      headers: { authorization: `Basic ${credentials}` },
      firstBytes: 512,
    },
    deps,
  );
}

function ifTaken(answer: BoundedAnswer, region: AmplitudeRegion): ProbeResult | undefined {
  const detail = `project in ${region}, export allowed`;
  if (answer.status === 200 && answer.text.startsWith(ZIP)) return { status: "ok", detail, warnings: [] };
  if (answer.status !== 404) return undefined;
  const warnings = looksLikeHtml(answer.text)
    ? [
        "Amplitude's answer was a web page. If a proxy or a network's login page stands in between, it says nothing about the keys.",
      ]
    : [];
  return { status: "ok", detail, warnings };
}
