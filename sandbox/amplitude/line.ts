// One event as a line of the export: every documented field, and the oddities that real properties have.
import { Dice } from "../business/dice.js";
import type { Ms, Touch } from "../business/facts.js";
import { bareId } from "../business/truth/known.js";

/** `2026-11-24 09:41:07.123000`: UTC without saying so (Amplitude, Export API > Exported event schema). */
export function stamp(at: Ms): string {
  return `${new Date(at).toISOString().replace("T", " ").slice(0, 23)}000`;
}

const CITIES: Record<string, [city: string, region: string, language: string]> = {
  US: ["New York", "New York", "English"],
  DE: ["Köln", "Nordrhein-Westfalen", "German"],
  FR: ["Orléans", "Centre-Val de Loire", "French"],
  GB: ["Leeds", "Leeds", "English"],
  JP: ["東京", "Tokyo", "Japanese"],
  BR: ["São Paulo", "São Paulo", "Portuguese"],
};
const SYSTEMS: Record<string, [os: string, version: string, family: string, type: string]> = {
  iOS: ["ios", "18.5", "Apple iPhone", "Apple iPhone 16"],
  Android: ["android", "15", "Google Phone", "Pixel 9"],
  Web: ["Chrome", "140", "Mac OS X", "Apple Macintosh"],
};

/** An object's properties as JSON without its braces. */
const inner = (of: object): string => JSON.stringify(of).slice(1, -1);

/** What all events say alike. */
const SAME = inner({
  ...{
    $insert_key: null,
    $schema: null,
    adid: null,
    amplitude_attribution_ids: null,
    amplitude_event_type: null,
    app: 412_345,
  },
  ...{
    data: { path: "/2/httpapi", group_first_event: {} },
    data_type: "event",
    device_brand: null,
    device_carrier: null,
  },
  ...{
    device_manufacturer: null,
    dma: null,
    global_user_properties: null,
    group_properties: {},
    groups: {},
    idfa: null,
  },
  ...{ is_attribution_event: false, location_lat: null, location_lng: null, partner_id: null, paying: null, plan: {} },
  ...{ sample_rate: null, source_id: null, start_version: null, user_creation_time: null },
});

function placeOf(country: string): string {
  const [city, region, language] = CITIES[country] ?? [null, null, null];
  return inner({ city, country, language, region });
}

function systemOf(platform: string): string {
  const [os_name, os_version, device_family, device_type] = SYSTEMS[platform] ?? [null, null, null, null];
  const library = platform === "" ? "http/2.0" : "amplitude-ts/2.11.0";
  return inner({
    device_family,
    device_model: device_type,
    device_type,
    library,
    os_name,
    os_version,
    platform: platform || null,
  });
}

/** Remembers what a function of a short text gave. */
function remembered(make: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

const place = remembered(placeOf);
const system = remembered(systemOf);

/** Properties that loaders stumble over, as JSON; most events have none of them. */
function oddity(dice: Dice): string {
  const fate = dice.next();
  if (fate >= 0.025) return "";
  if (fate < 0.004)
    return `,${inner({ note: "before\u0000after", deep: [{ "key\u0000": "\u0000" }], escaped: "\\u0000" })}`;
  if (fate < 0.007) return `,${inner({ cut: "emoji cut in half \ud83d", other: "\udc4d" })}`;
  // A number that no double holds.
  if (fate < 0.01) return `,"huge":123456789012345678901234567890.5e400`;
  if (fate < 0.02)
    return `,${inner({ label: "Grüße, 你好, עולם 👩‍👩‍👧", empty: "", nothing: null, list: [], "": "no name" })}`;
  return `,${inner({ plan: dice.chance(0.5) ? 3 : "three", "a.b": { c: true } })}`;
}

/**
 * The line, without its end. The same event gives the same line each time. Put together from texts: a million of them are wanted in a minute, and
 * writing such large objects takes ten times as long.
 */
export function lineOf(touch: Touch): string {
  const dice = new Dice(Number.parseInt(touch.uuid.slice(0, 8), 16), Number.parseInt(touch.uuid.slice(9, 13), 16));
  const [sent, uploaded] = [stamp(touch.eventAt), stamp(touch.uploadAt)];
  const session = touch.platform === "" ? -1 : Math.floor(touch.eventAt / 1_800_000) * 1_800_000;
  const version = dice.chance(0.5) ? '"4.12.0"' : "null";
  return (
    `{${SAME},${place(touch.country)},${system(touch.platform)},"$insert_id":"${dice.uuid()}"` +
    `,"amplitude_id":${touch.amplitudeId},"client_event_time":"${sent}","client_upload_time":"${uploaded}"` +
    `,"device_id":${JSON.stringify(touch.deviceId)},"event_id":${dice.under(900) + 1}` +
    `,"event_properties":${propertiesOf(touch, dice)},"event_time":"${sent}","event_type":${JSON.stringify(touch.eventType)}` +
    `,"ip_address":"198.51.100.${dice.under(256)}","processed_time":"${stamp(touch.uploadAt + 1500)}"` +
    `,"server_received_time":"${uploaded}","server_upload_time":"${uploaded}","session_id":${session}` +
    `,"user_id":${JSON.stringify(touch.userId)},"user_properties":${userOf(touch, dice)}` +
    `,"uuid":"${touch.uuid}","version_name":${version}}`
  );
}

function propertiesOf({ eventType, eventAt }: Touch, dice: Dice): string {
  const answer =
    eventType === "quiz_answer" ? `,"answer":"${["yes", "no", "sometimes"][dice.under(3)]}","at":${eventAt}` : "";
  return (
    `{"screen":"screen_${dice.under(40)}","step":${dice.under(30)},"variant":"${dice.chance(0.5) ? "a" : "b"}"` +
    `,"duration_ms":${dice.under(90_000)},"[Amplitude] Page Path":"/funnel/${dice.under(12)}"` +
    `,"experiment":"exp-${dice.under(20)}"${answer}${oddity(dice)}}`
  );
}

function userOf({ email, userId, country }: Touch, dice: Dice): string {
  return (
    `{"utm_source":"${["facebook", "google", "tiktok"][dice.under(3)]}","utm_campaign":"c${dice.under(9)}","locale":"${country}"` +
    `${email === null ? "" : `,"email":${JSON.stringify(email)}`}` +
    `${userId === null ? "" : `,"profile":${JSON.stringify(bareId(userId))}`}}`
  );
}
