// Starts the room: takes over the page that the server rendered.

import { io } from "socket.io-client";
import { mount } from "svelte";

import { takeInvitation } from "../invitation.ts";
import { pageTexts } from "../texts.ts";
import { timesFor } from "../times.ts";
import { onWaking } from "../waking.ts";
import App from "./App.svelte";
import { attend } from "./away.svelte.ts";
import HeadActions from "./HeadActions.svelte";
import People from "./People.svelte";
import RoomFacts from "./RoomFacts.svelte";
import { keeperFor } from "./keeping/here.ts";
import { RoomSession } from "./session.svelte.ts";
import { readShell } from "./shell.ts";
import { followVisibleHeight } from "./viewport.ts";

// Whoever sees this page is in already.
takeInvitation();
addEventListener("hashchange", takeInvitation);

const texts = await pageTexts();
const { locale } = texts;
const shell = readShell(locale);
followVisibleHeight();

const keeper = keeperFor(shell.room, texts.text("room.stale"));
const session = new RoomSession(shell, io("/chat"), texts, timesFor(locale), keeper);

onWaking((glance) => {
  // A standing connection is not asked after every glance elsewhere whether it still stands.
  if (!glance || !session.online) session.wake();
});
window.addEventListener("pageshow", (event) => {
  // A visit that was over when the browser put the page away needs a fresh page.
  if (event.persisted && (session.leaving || session.ending)) location.reload();
});
window.addEventListener("beforeunload", (event) => {
  if (session.losing) event.preventDefault();
});

const { app, facts, people, actions } = shell.places;
for (const place of [app, facts, people, actions]) place.replaceChildren();
mount(App, { target: app, props: { session } });
mount(RoomFacts, { target: facts, props: { session } });
mount(People, { target: people, props: { session } });
mount(HeadActions, { target: actions, props: { session } });
attend(session);
const menu = document.getElementById("settings");
const offerKeepsake = async (): Promise<void> => {
  const { offerIn } = await import("./keepsake/menu.ts");
  if (menu) offerIn(menu, session);
};
// Without a connection there is nothing to save either.
menu?.addEventListener("toggle", () => void offerKeepsake().catch(() => undefined), { once: true });
