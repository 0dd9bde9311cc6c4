// A FunnelFox that costs next to nothing: pages of sessions from one template, newest first, in a process of its own.
import { createServer } from "node:http";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PAGE = 500;
const NEWEST = Date.UTC(2026, 10, 24, 1, 55);

/** @param index 0 is the oldest */
function ulid(index: number, salt: number): string {
  let text = "";
  let time = timeOf(index);
  for (let digit = 0; digit < 10; digit++) {
    text = ALPHABET.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  let state = (index * 2_654_435_761 + salt) >>> 0;
  for (let digit = 0; digit < 16; digit++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += ALPHABET.charAt(state >>> 27);
  }
  return text;
}

let spacing = 1;

function timeOf(index: number): number {
  return NEWEST - (total - 1 - index) * spacing;
}

let total = 0;

function itemOf(index: number): string {
  return JSON.stringify({
    id: ulid(index, 1),
    created_at: new Date(timeOf(index)).toISOString(),
    funnel_id: ulid(0, index % 7),
    profile_id: `pro_${ulid(index, 2)}`,
    city: "Frankfurt am Main",
    country: "DE",
    ip: "203.0.113.77",
    user_agent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    funnel_version: 3,
    origin: "https://quiz.example.com/start",
    postal: "60311",
  });
}

/** All pages, made once: what is measured is not this server. Some 480 bytes a row. */
function pagesOf(rows: number): Buffer[] {
  const pages: Buffer[] = [];
  for (let first = rows; first > 0; first -= PAGE) {
    const items: string[] = [];
    for (let index = first - 1; index >= Math.max(0, first - PAGE); index--) items.push(itemOf(index));
    const next = first - PAGE;
    const pagination = next > 0 ? { has_more: true, next_cursor: String(next) } : { has_more: false };
    pages.push(Buffer.from(`{"data":[${items.join(",")}],"pagination":${JSON.stringify(pagination)}}`));
  }
  return pages;
}

const [known = "0", fresh = "0", days = "100"] = process.argv.slice(2);
total = Number(known) + Number(fresh);
spacing = Math.max(1, Math.floor((Number(days) * 86_400_000) / total));
/** by the row that a page begins below; the newer list begins with rows that the older one lacks */
const pages = pagesOf(total);
let first = total - Number(fresh);
const EMPTY = Buffer.from('{"data":[],"pagination":{"has_more":false}}');

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/advance") first = total;
  const isSessions = url.pathname === "/public/v1/sessions";
  const cursor = Number(url.searchParams.get("cursor") ?? first);
  const page = isSessions ? (pages[Math.floor((total - cursor) / PAGE)] ?? EMPTY) : EMPTY;
  response.writeHead(200, { "content-type": "application/json", "content-length": page.length });
  response.end(page);
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/public/v1\n`);
});
process.on("disconnect", () => process.exit());
