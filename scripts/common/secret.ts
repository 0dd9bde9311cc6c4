// A value that must never be shown: prints as •••, compares in memory only.
import { createHash, timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";

/** What stands in every place where a secret would. */
export const MASK = "•••";

/**
 * Holds a secret so that printing, logging, JSON and error messages show the mask. `reveal()` is for the one place
 * that sends it; a connection string is a secret too.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: only for a request's header or body, a child's environment, or `.env`. */
  reveal(): string {
    return this.#value;
  }

  /** True when both hold the same text; takes the same time wherever they differ. */
  equals(other: Secret | string): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(this.#value), digest(other instanceof Secret ? other.#value : other));
  }

  get isEmpty(): boolean {
    return this.#value === "";
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** The text behind a plain value or a secret. */
export function reveal(value: Secret | string): string {
  return value instanceof Secret ? value.reveal() : value;
}
