// Where each outside host is: its environment variable, checked, or the real address.
import { amplitudeHosts, type HostName, hosts } from "../../config/hosts.js";
import { ExpectedError } from "./errors.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** True for an address of this machine, where plain http is safe. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name) || name.endsWith(".localhost");
}

/**
 * The base address of a host, without a slash at its end.
 * @param name which host
 * @param env variables that may say otherwise
 * @throws ExpectedError (usage) when the variable is no http(s) address, or would send a key over plain http to another machine
 */
export function hostUrl(name: HostName, env: Environment, amplitudeRegion: "us" | "eu" = "us"): string {
  const spec = hosts[name];
  const set = env[spec.variable]?.trim();
  if (name === "data" && set) return checked(spec.variable, dataHost(set, env));
  if (set) return checked(spec.variable, /^https?:\/\//i.test(set) ? set : `https://${set}`);
  return name === "amplitude" ? amplitudeHosts[amplitudeRegion] : spec.default;
}

/** The CLI's variable is a bare host name, which takes scheme and port of HEROKU_HOST; a URL is taken whole. */
function dataHost(set: string, env: Environment): string {
  if (/^https?:\/\//i.test(set)) return set;
  const heroku = new URL(hostUrl("heroku", env));
  const port = /:\d+$/.test(set) || heroku.port === "" ? "" : `:${heroku.port}`;
  return `${heroku.protocol}//${set}${port}`;
}

function checked(variable: string, text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ExpectedError("usage", `${variable} is no address.`, {
      why: "It has to look like https://api.heroku.com.",
      commands: [`unset ${variable}`],
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new ExpectedError(
      "usage",
      `${variable} points to ${url.host} over plain http, which would show the keys to everybody on the way.`,
      {
        commands: [`unset ${variable}`],
      },
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** The hosts that are not the real ones, as "variable → address", for the first line of a command. */
export function redirectedHosts(env: Environment): { readonly variable: string; readonly url: string }[] {
  return (Object.keys(hosts) as HostName[])
    .filter((name) => env[hosts[name].variable]?.trim())
    .map((name) => ({ variable: hosts[name].variable, url: hostUrl(name, env) }));
}
