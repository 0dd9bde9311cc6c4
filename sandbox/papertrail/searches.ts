// Saved searches by account, kept in a plain object that can be written to a file as it is.

/** A saved search as Papertrail shows it. */
export interface Search {
  id: number;
  name: string;
  query: string;
  /** The group it searches; every account has the group All Systems. */
  group?: { id: number; name: string };
}

/** Where saved searches are kept. An account is whatever a token belongs to. */
export interface SearchStore {
  list(account: string): Search[];
  add(account: string, search: { name: string; query: string }): Search;
  /** Undefined when the account has no such search. */
  change(account: string, id: number, patch: { name?: string; query?: string }): Search | undefined;
  remove(account: string, id: number): boolean;
}

/** Everything a store remembers, as JSON. */
export interface SearchState {
  nextId: number;
  searches: Record<string, Search[]>;
}

/** The state of a world in which nobody has saved a search. */
export const noSearches = (): SearchState => ({ nextId: 1, searches: {} });

/** A store on `state`, which is changed in place. What is handed out are copies. */
export function memorySearches(state: SearchState = noSearches()): SearchStore {
  const of = (account: string) => state.searches[account] ?? [];
  return {
    list: (account) => structuredClone(of(account)),
    add(account, { name, query }) {
      const search = { id: state.nextId, name, query, group: { id: 1, name: "All Systems" } };
      state.nextId += 1;
      state.searches[account] = [...of(account), search];
      return structuredClone(search);
    },
    change(account, id, patch) {
      const search = of(account).find((one) => one.id === id);
      return search && structuredClone(Object.assign(search, patch));
    },
    remove(account, id) {
      const kept = of(account).filter((one) => one.id !== id);
      const removed = kept.length < of(account).length;
      if (removed) state.searches[account] = kept;
      return removed;
    },
  };
}
