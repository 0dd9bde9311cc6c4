// Whose each Amplitude identifier is, and how many events that links: one walk over the loaded hours.
import { createHash } from "node:crypto";
import type { Business, Ms, Touch } from "../facts.js";
import { dayOf, HOUR, lastSafeHour } from "../time.js";
import { addTo, bareId, bareMail, type Known } from "./known.js";
import { decide } from "./ladder.js";
import type { IdentityLinkRow, Totals } from "./rows.js";

export interface EventAnswers {
  links: IdentityLinkRow[];
  events: number;
  byMethod: Totals["events_by_method"];
  /** Distinct events by day of upload. */
  perDay: Map<string, number>;
}

/** Distinct events that a run at `at` has loaded, when it and all runs before began at the hour `from`. */
export function* loaded(business: Business, from: Ms, at: Ms): Generator<Touch> {
  const first = Math.floor(from / HOUR) * HOUR;
  // Events of the hour before, that the first hour exported again.
  for (const touch of business.exported(first, new Date(at))) if (touch.uploadAt < first) yield touch;
  for (let hour = first; hour <= lastSafeHour(at); hour += HOUR) {
    for (const touch of business.touches(hour)) if (touch.availableAt <= at) yield touch;
  }
}

export function eventAnswers(business: Business, known: Known, from: Ms): EventAnswers {
  const { profiles, byMail, at } = known;
  const [userIds, mails] = [new Set<string>(), new Set<string>()];
  /** Profiles seen on a device, or behind a number of Amplitude's where there is no device; the key tells which. */
  const seen = new Map<string, Set<string>>();
  /** Events that only their device can link. */
  const waiting = new Map<string, number>();
  const answers: EventAnswers = {
    links: [],
    events: 0,
    byMethod: { user_id: 0, email: 0, device_id: 0, none: 0 },
    perDay: new Map(),
  };
  for (const { userId, email, deviceId, amplitudeId, uploadAt } of loaded(business, from, at)) {
    answers.events += 1;
    const day = dayOf(uploadAt);
    answers.perDay.set(day, (answers.perDay.get(day) ?? 0) + 1);
    const [user, mail] = [userId === null ? "" : bareId(userId), bareMail(email)];
    const device = deviceId.trim() === "" ? `amplitude_id:${amplitudeId}` : `device_id:${deviceId}`;
    if (user !== "") userIds.add(user);
    if (mail !== null) mails.add(mail);
    if (!seen.has(device)) seen.set(device, new Set());
    if (profiles.has(user)) {
      addTo(seen, device, user);
      answers.byMethod.user_id += 1;
    } else if (byMail.get(mail ?? "")?.size === 1) answers.byMethod.email += 1;
    else waiting.set(device, (waiting.get(device) ?? 0) + 1);
  }
  for (const [device, count] of waiting) answers.byMethod[seen.get(device)?.size === 1 ? "device_id" : "none"] += count;
  answers.links = links(known, userIds, mails, seen);
  return answers;
}

function links(
  { profiles, byMail }: Known,
  userIds: Set<string>,
  mails: Set<string>,
  seen: Map<string, Set<string>>,
): IdentityLinkRow[] {
  const list: IdentityLinkRow[] = [];
  for (const id of userIds) {
    const candidates = profiles.has(id) ? new Set([id]) : undefined;
    list.push({
      source: "amplitude",
      source_type: "user_id",
      source_id: id,
      ...decide([{ method: "user_id", candidates }]),
    });
  }
  for (const mail of mails) {
    const decision = decide([{ method: "email", candidates: byMail.get(mail) }]);
    list.push({
      source: "amplitude",
      source_type: "email",
      source_id: createHash("md5").update(mail).digest("hex"),
      ...decision,
    });
  }
  for (const [key, candidates] of seen) {
    const source_type = key.startsWith("device_id:") ? "device_id" : "amplitude_id";
    const source_id = key.slice(key.indexOf(":") + 1);
    list.push({ source: "amplitude", source_type, source_id, ...decide([{ method: "device_id", candidates }]) });
  }
  return list;
}
