// Makes the lobby live. Without this script the page is what the server rendered.

import { io } from "socket.io-client";

import { pageTexts } from "../texts.ts";
import { onWaking } from "../waking.ts";
import type { Room } from "../wire.ts";
import { type LobbyPage, RoomTable } from "./table.ts";

/** A break shorter than this is not worth a word. */
const QUIET_MS = 1_000;
const TICK_MS = 1_000;

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no #${id}.`);
  return found;
}

const page: LobbyPage = {
  heading: element("lobby-title", HTMLElement),
  table: element("rooms", HTMLTableElement),
  empty: element("no-rooms", HTMLElement),
  blank: element("room-row", HTMLTemplateElement),
};
const connection = element("connection", HTMLElement);
const texts = await pageTexts();
const table = new RoomTable(page, texts);

const socket = io("/room");
socket.on("rooms", (rooms: Room[]) => table.show(rooms));
socket.on("newRoom", (room: Room) => table.put(room));
socket.on("updateRoom", (room: Room) => table.put(room));
socket.on("removeRoom", (id: string) => table.remove(id));

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
onWaking(() => {
  // The official client would wait its time.
  if (!socket.connected) socket.disconnect().connect();
});

table.tick(Date.now());
setInterval(() => table.tick(Date.now()), TICK_MS);
