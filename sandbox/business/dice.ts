// Chance that can be repeated: the same keys give the same throws, so that anything can be made again from its number alone.

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Crockford's alphabet, that ULIDs are written in. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Throws of one purpose. Small, fast, not for secrets (sfc32, seeded through murmur3's finaliser). */
export class Dice {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c = 0xb7e15162;
  private d = 1;

  /** @param keys what is thrown for: a seed, a purpose, a number; the whole numbers of any size up to 2^53 differ */
  constructor(...keys: number[]) {
    for (const key of keys) {
      this.a = mix(this.a ^ (key | 0));
      this.b = mix(this.b ^ Math.floor(key / 4_294_967_296) ^ this.a);
      this.c = mix(this.c + this.b);
    }
    for (let round = 0; round < 4; round += 1) this.bits();
  }

  /** 32 random bits, as a number from 0. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    return this.bits() / 4_294_967_296;
  }

  /** A whole number from 0 to below `count`. */
  under(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + this.under(high - low + 1);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.under(list.length)] ?? list[0];
  }

  /** An id as Stripe writes them: the prefix and 24 letters and digits. */
  stripeId(prefix: string): string {
    return `${prefix}_${this.letters(BASE62, 24)}`;
  }

  /** A ULID of that moment: 26 characters that sort by time. */
  ulid(at: number): string {
    let time = "";
    for (let rest = at, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32)) {
      time = (BASE32[rest % 32] ?? "0") + time;
    }
    return time + this.letters(BASE32, 16);
  }

  /** A random UUID (version 4). */
  uuid(): string {
    const [a, b, c, d] = [this.bits(), this.bits(), this.bits(), this.bits()];
    const hex = (value: number, length: number): string => value.toString(16).padStart(length, "0");
    const middle = `${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-${hex(0x8000 | ((c >>> 16) & 0x3fff), 4)}`;
    return `${hex(a, 8)}-${middle}-${hex(c & 0xffff, 4)}${hex(d, 8)}`;
  }

  private letters(alphabet: string, length: number): string {
    let text = "";
    while (text.length < length) text += alphabet[this.under(alphabet.length)] ?? "";
    return text;
  }
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
