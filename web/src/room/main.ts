// Starts the room: takes over the page that the server rendered.

import { io } from "socket.io-client";
import { mount } from "svelte";

import { pageLocale, textsFor } from "../texts.ts";
import { timesFor } from "../times.ts";
import App from "./App.svelte";
import LeaveButton from "./LeaveButton.svelte";
import RoomFacts from "./RoomFacts.svelte";
import { RoomSession } from "./session.svelte.ts";
import { readShell, tidyHistory } from "./shell.ts";
import { followVisibleHeight } from "./viewport.ts";

const shell = readShell();
const locale = pageLocale();
const times = timesFor(locale);
const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
tidyHistory(shell.history, times, dark ? "dark" : "light");
followVisibleHeight();

// A page that comes back from the browser's memory has lost its seat: start afresh.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const session = new RoomSession(shell, io("/chat"), textsFor(locale), times);
const { app, facts, actions } = shell.places;
for (const place of [app, facts, actions]) place.replaceChildren();
mount(App, { target: app, props: { session } });
mount(RoomFacts, { target: facts, props: { session } });
mount(LeaveButton, { target: actions, props: { session } });
