// Amplitude's events, made anew for each hour of upload, so that a million of them take no memory.
import { Dice } from "./dice.js";
import type { Ms, Touch } from "./facts.js";
import { arrivedBy, type Pace, type Person, person, typed } from "./person.js";
import { DAY, HOUR, MINUTE, SECOND } from "./time.js";

const TYPES: readonly [string, ...string[]] = [
  "page_view",
  "page_view",
  "page_view",
  "quiz_answer",
  "paywall_seen",
  "app_open",
  "purchase_clicked",
  "[Amplitude] Session Start",
  "naïve ✓",
];
const PLATFORMS: readonly [string, ...string[]] = ["iOS", "Android", "Web"];

/** Events an hour in every hour of the day, as a share of the average; they sum up to 24. */
const DAILY = [4, 2, 1, 1, 1, 2, 5, 9, 11, 11, 10, 11, 13, 12, 11, 10, 11, 13, 16, 19, 20, 18, 13, 8].map(
  (n) => (n * 24) / 232,
);

export interface TouchMaker {
  /** How many events `touches` makes, without making them. */
  uploads(hour: Ms): number;
  /** Distinct events that were uploaded in the hour. */
  touches(hour: Ms): Touch[];
  /** What the export of the hour holds at `at`. */
  exported(hour: Ms, at: Ms): Touch[];
}

/** @param perHour events uploaded in an average hour */
export function touchMaker(pace: Pace, perHour: number): TouchMaker {
  const people = new Map<number, Person>();
  const who = (index: number): Person => {
    const known = people.get(index);
    if (known !== undefined) return known;
    // The map is only there to save time; who they are does not depend on it.
    if (people.size > 50_000) people.clear();
    const made = person(pace, index);
    people.set(index, made);
    return made;
  };
  const begin = (hour: Ms): { dice: Dice; people: number; events: number } => {
    const people = hour < pace.start ? 0 : arrivedBy(pace, hour);
    const dice = new Dice(pace.seed, 40, hour / HOUR);
    const expected = perHour * (DAILY[new Date(hour).getUTCHours()] ?? 1);
    return { dice, people, events: people === 0 ? 0 : Math.floor(expected + dice.next()) };
  };
  const made = new Map<Ms, Touch[]>();
  const touches = (hour: Ms): Touch[] => {
    const kept = made.get(hour);
    if (kept !== undefined) return kept;
    const { dice, people, events } = begin(hour);
    const list: Touch[] = [];
    while (list.length < events) {
      // Those who came lately come back most.
      const index = people - 1 - Math.floor(people * dice.next() * dice.next());
      list.push(touch(dice, who(Math.max(0, index)), hour));
    }
    list.sort((a, b) => a.uploadAt - b.uploadAt);
    // An hour is asked for again with the next one, whose export repeats some of it.
    if (made.size >= 3) made.delete(made.keys().next().value ?? hour);
    made.set(hour, list);
    return list;
  };
  const exported = (hour: Ms, at: Ms): Touch[] => {
    const own = touches(hour).filter((one) => one.availableAt <= at);
    const twice = own.filter(isRepeated);
    const again = touches(hour - HOUR).filter((one) => one.availableAt <= at && isExportedAgain(one));
    return [...own, ...twice, ...again];
  };
  return { uploads: (hour) => begin(hour).events, touches, exported };
}

/** One in a hundred stands twice in its hour. */
function isRepeated({ uuid }: Touch): boolean {
  return Number.parseInt(uuid.slice(0, 4), 16) % 100 === 0;
}

/** One in a hundred is exported again with the next hour. */
function isExportedAgain({ uuid }: Touch): boolean {
  return Number.parseInt(uuid.slice(4, 8), 16) % 100 === 0;
}

function touch(dice: Dice, who: Person, hour: Ms): Touch {
  const uploadAt = hour + dice.under(HOUR);
  const eventAt = Math.max(who.at - 30 * MINUTE, Math.min(uploadAt, uploadAt - lag(dice)));
  const identified = eventAt >= who.identifiedAt;
  const fate = dice.next();
  const server = fate < 0.03;
  const borrowed = who.borrowed !== null && eventAt >= who.borrowed.from && dice.chance(0.4);
  const which = who.devices.length > 1 && dice.chance(0.3) ? 1 : 0;
  const device = borrowed ? (who.borrowed?.device ?? "") : (who.devices[which] ?? who.devices[0]);
  const prefix = dice.chance(0.5) ? "pro_" : "";
  const named = identified || (server && dice.chance(0.5));
  const userId = fate > 0.99 ? `staff-${dice.under(5)}` : named ? `${prefix}${who.profileId}` : null;
  const mailed = who.mailInEvents === "always" || (who.mailInEvents === "identified" && identified);
  return {
    uuid: dice.uuid(),
    eventType: dice.pick(TYPES),
    eventAt,
    uploadAt,
    availableAt: availability(dice, uploadAt, hour),
    userId,
    deviceId: server ? "" : device,
    // Amplitude numbers people; those that only a server speaks of have numbers that no device has.
    amplitudeId: (server ? 700_000_000_000 : 600_000_000_000) + who.index * 4 + (borrowed ? 2 : which),
    email: mailed && who.email !== null ? typed(who.email, dice) : null,
    country: who.market.country,
    platform: server ? "" : dice.pick(PLATFORMS),
  };
}

/** How long an event waited on the device: seconds for most, up to nine days for some. */
function lag(dice: Dice): number {
  const fate = dice.next();
  if (fate < 0.95) return SECOND + dice.under(2 * MINUTE);
  return fate < 0.98 ? dice.under(5 * HOUR) : dice.under(9 * DAY);
}

/** With its hour for most; some within the two hours that an hour takes to be complete, a few long after. */
function availability(dice: Dice, uploadAt: Ms, hour: Ms): Ms {
  const fate = dice.next();
  if (fate < 0.9) return uploadAt;
  return hour + HOUR + (fate < 0.99 ? dice.under(2 * HOUR) : dice.under(20 * HOUR));
}
