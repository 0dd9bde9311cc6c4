// Prices as a person reads them.

/** "$5.00", "$1,250.00", "free" for nothing; cents in. */
export function dollars(cents: number): string {
  if (cents === 0) return "free";
  const sign = cents < 0 ? "-" : "";
  const [whole = "0", part] = (Math.abs(cents) / 100).toFixed(2).split(".");
  return `${sign}$${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}

/** "$10.00 a month", or "free". */
export function monthly(cents: number): string {
  return cents === 0 ? "free" : `${dollars(cents)} a month`;
}
