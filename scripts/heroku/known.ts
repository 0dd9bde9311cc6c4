// An answer of an undocumented or optional API: either known, or a sentence why it is not.

/** What came back, or why nobody can tell. `why` is a sentence for people, without secrets. */
export type Known<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

/** A known answer. */
export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

/** No answer, and why. */
export function unknown(why: string): { readonly known: false; readonly why: string } {
  return { known: false, why };
}
