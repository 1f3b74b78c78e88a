// Makes the lobby live. Without this script the page is what the server rendered.

import { io } from "socket.io-client";

import { pageTexts } from "../texts.ts";
import { onWaking } from "../waking.ts";
import type { Room, Time } from "../wire.ts";
import { jumpDetector, pageAnsweredAt, ServerClock } from "./clock.ts";
import { News } from "./news.ts";
import type { PasswordDialog } from "./password-dialog.ts";
import type { RoomSearch } from "./search.ts";
import { secretRoomOf } from "./secret-room.ts";
import { RoomTable } from "./table.ts";

/** A break shorter than this is not worth a word. */
const QUIET_MS = 1_000;
const TICK_MS = 1_000;

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no #${id}.`);
  return found;
}

const heading = element("lobby-title", HTMLElement);
const rooms = element("rooms", HTMLTableElement);
const noneFound = element("none-found", HTMLElement);
const connection = element("connection", HTMLElement);
const texts = await pageTexts();
const clock = new ServerClock(rooms.dataset["now"] ?? "", pageAnsweredAt());
const table = new RoomTable(
  {
    heading,
    table: rooms,
    empty: element("no-rooms", HTMLElement),
    noneFound,
    blank: element("room-row", HTMLTemplateElement),
  },
  texts,
  clock,
);
const news = new News(element("news", HTMLElement), texts);

const searchPlace = element("room-search", HTMLElement);
const roomsToSearchMin = Number(searchPlace.dataset["from"]);
let search: Promise<RoomSearch> | undefined;

/** Few lobbies have enough rooms to be searched: until then nobody waits for that script. */
async function loadSearch(): Promise<RoomSearch> {
  const { RoomSearch: Search } = await import("./search.ts");
  const field = element("search", HTMLInputElement);
  const found = element("found", HTMLElement);
  return new Search({ search: searchPlace, field, found, noneFound }, texts, table);
}

function keepSearch(): void {
  if (!search && table.size < roomsToSearchMin) return;
  search ??= loadSearch();
  search
    .then((loaded) => loaded.refresh())
    .catch(() => {
      search = undefined;
    });
}
keepSearch();

let dialog: Promise<PasswordDialog> | undefined;

/** It is there before somebody presses where it opens: in a lobby that has a secret room. */
function keepDialog(): Promise<PasswordDialog> | undefined {
  if (!dialog && rooms.querySelector("tr[data-secret]")) {
    const place = element("password-dialog", HTMLDialogElement);
    dialog = import("./password-dialog.ts").then((part) => {
      ready = new part.PasswordDialog(place, heading, texts.locale);
      return ready;
    });
    dialog.catch(() => (dialog = undefined));
  }
  return dialog;
}
let ready: PasswordDialog | undefined;
void keepDialog();

/** To be called after every change of the table. */
function changed(): void {
  keepSearch();
  void keepDialog();
}

const socket = io("/room");
socket.on("rooms", (list: Room[]) => {
  table.show(list);
  changed();
});
socket.on("time", ({ now }: Time) => {
  clock.set(now);
  table.tick();
});
socket.on("newRoom", (room: Room) => {
  table.put(room);
  changed();
  news.tell(room.title);
});
socket.on("updateRoom", (room: Room) => {
  table.put(room);
  changed();
});
socket.on("removeRoom", (id: string) => {
  table.remove(id);
  changed();
  ready?.vanish(id);
});

let silence: ReturnType<typeof setTimeout> | undefined;
function waitForConnection(): void {
  clearTimeout(silence);
  silence = setTimeout(() => {
    connection.textContent = texts.text("lobby.offline");
  }, QUIET_MS);
}
socket.on("disconnect", waitForConnection);
socket.on("connect", () => {
  clearTimeout(silence);
  connection.textContent = "";
});
waitForConnection();

/** With a new connection come the list and the server's time. */
function connectAnew(): void {
  socket.disconnect().connect();
}
const hasJumped = jumpDetector();
function tick(): void {
  if (hasJumped()) connectAnew();
  table.tick();
}
onWaking(() => {
  tick();
  // The official client would wait its time.
  if (!socket.connected) connectAnew();
});
tick();
setInterval(tick, TICK_MS);

rooms.addEventListener("click", (event) => {
  const asked = secretRoomOf(event);
  const id = asked?.line.dataset["room"];
  if (!asked || id === undefined) return;
  event.preventDefault();
  const title = asked.line.querySelector('[data-slot="title"]')?.textContent ?? "";
  // Within the press, if it is there: or a phone would not bring its keyboard.
  if (ready) return ready.open(id, title, asked.link);
  // The link leads to a page that asks the same.
  const follow = (): void => location.assign(`/room/${id}`);
  keepDialog()?.then((loaded) => loaded.open(id, title, asked.link), follow);
});

// What went wrong has been said; a reload need not say it again.
const address = new URL(location.href);
if (address.searchParams.has("error")) {
  address.searchParams.delete("error");
  // An invitation to a room that is full or gone comes along to here.
  address.hash = "";
  history.replaceState(history.state, "", address);
}
