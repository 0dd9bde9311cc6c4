// Papertrail's saved searches, through its settings API.
import { z } from "zod";
import { createOnce } from "./create-once.js";
import { type Known, known, unknown } from "./known.js";
import { type SideAnswer, type SideDeps, settled, sideCall } from "./side-call.js";

export interface Search {
  readonly id: string;
  readonly name: string;
  readonly query: string;
}

export type SearchSpec = Pick<Search, "name" | "query">;

const WHO = "Papertrail's API";

const search = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  name: z.string(),
  query: z
    .string()
    .nullish()
    .transform((query) => query ?? ""),
});

/** All saved searches of the account behind the add-on's token (Papertrail, Settings API > Searches > List). */
export async function listSearches(deps: SideDeps): Promise<Known<Search[]>> {
  return settled(await list(deps));
}

/** Saves a search once and reads it back (Papertrail, Settings API > Searches > Create). */
export async function createSearch(deps: SideDeps, spec: SearchSpec): Promise<Known<Search>> {
  return createOnce<Search>(deps, {
    what: `the search "${spec.name}"`,
    create: () =>
      sideCall(deps, {
        who: WHO,
        method: "POST",
        path: "/searches.json",
        headers: headers(deps),
        body: { search: { name: spec.name, query: spec.query } },
        shape: search,
      }),
    list: () => list(deps),
    same: (candidate) => sameSearch(candidate, spec),
    id: ({ id }) => id,
    remove: ({ id }) =>
      sideCall(deps, {
        who: WHO,
        method: "DELETE",
        path: `/searches/${encodeURIComponent(id)}.json`,
        headers: headers(deps),
        shape: z.unknown(),
      }),
  });
}

/** Changes a saved search and reads it back (Papertrail, Settings API > Searches > Update). */
export async function changeSearch(deps: SideDeps, id: string, spec: SearchSpec): Promise<Known<Search>> {
  const changed = await sideCall(deps, {
    who: WHO,
    method: "PUT",
    path: `/searches/${encodeURIComponent(id)}.json`,
    headers: headers(deps),
    body: { search: { name: spec.name, query: spec.query } },
    shape: search,
  });
  if (changed.outcome === "answered" || changed.outcome === "refused") return settled(changed);
  const listed = await list(deps);
  const found = listed.outcome === "answered" ? listed.value.find((candidate) => candidate.id === id) : undefined;
  return found && sameSearch(found, spec) ? known(found) : unknown(changed.why);
}

/** True when a saved search has this name and query. */
export function sameSearch(search: SearchSpec, spec: SearchSpec): boolean {
  return search.name === spec.name && search.query === spec.query;
}

function list(deps: SideDeps): Promise<SideAnswer<Search[]>> {
  return sideCall(deps, {
    who: WHO,
    method: "GET",
    path: "/searches.json",
    headers: headers(deps),
    shape: z.array(search),
  });
}

function headers({ token }: SideDeps): Record<string, string> {
  return { accept: "application/json", "x-papertrail-token": token.reveal() };
}
