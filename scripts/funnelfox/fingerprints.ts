// Which ids have been seen: 64 bits each in a flat table, so that half a million of them cost a few megabytes.

const SMALLEST = 1 << 10;

/** A set of byte strings that may grow to `most` members; beyond that it forgets all and says so. */
export class Fingerprints {
  /** false once there were too many: from then on every member counts as new */
  complete = true;
  size = 0;
  readonly #most: number;
  #slots: Uint32Array;
  #mask: number;

  constructor(most: number) {
    this.#most = most;
    this.#slots = new Uint32Array(SMALLEST * 2);
    this.#mask = SMALLEST - 1;
  }

  /** True when it was not there before; false also for one of some 10^19 that only look alike. */
  add(high: number, low: number): boolean {
    if (!this.complete) return true;
    if (!this.#put(high, low)) return false;
    this.size++;
    if (this.size > this.#most) this.#forget();
    else if (this.size * 3 > (this.#mask + 1) * 2) this.#grow();
    return true;
  }

  /** Empty again, with the room that it has. */
  clear(): void {
    this.#slots.fill(0);
    this.size = 0;
    this.complete = true;
  }

  #put(high: number, low: number): boolean {
    const slots = this.#slots;
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const storedHigh = slots[slot * 2] as number;
      const storedLow = slots[slot * 2 + 1] as number;
      if (storedHigh === 0 && storedLow === 0) {
        slots[slot * 2] = high;
        slots[slot * 2 + 1] = low;
        return true;
      }
      if (storedHigh === high && storedLow === low) return false;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = (this.#mask + 1) * 2 - 1;
    this.#slots = new Uint32Array((this.#mask + 1) * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0 || old[at + 1] !== 0) this.#put(old[at] as number, old[at + 1] as number);
    }
  }

  #forget(): void {
    this.complete = false;
    this.#slots = new Uint32Array(2);
    this.#mask = 0;
  }
}

/** Two numbers of 32 bits that stand for some bytes: FNV-1a with two multipliers, then MurmurHash3's last mixing. */
export class Hash {
  high = 0;
  low = 0;

  of(bytes: Uint8Array, start: number, end: number): this {
    let high = 0x811c9dc5;
    let low = 0x9747b28c;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
    }
    this.high = mixed(high);
    // Zero and zero mean an empty slot.
    this.low = mixed(low) || 1;
    return this;
  }
}

function mixed(value: number): number {
  let mix = value ^ (value >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
