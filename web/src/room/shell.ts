// The page as the server rendered it: what it says about the room, and where the application goes.

import type { Locale } from "../texts.ts";
import type { Entry } from "../wire.ts";
import { previewOf } from "./preview.ts";
import type { Person } from "./roster.svelte.ts";

export type Shell = {
  room: string;
  title: string;
  max: number;
  secret: boolean;
  count: number;
  owner: Person;
  /** The reader's author id in this room. */
  you: string;
  /** What was said so far, as the server wrote it into the page. */
  preview: readonly Entry[];
  /** Where the application and the parts of its head go. */
  places: Record<"app" | "facts" | "people" | "actions", HTMLElement>;
};

export function readShell(locale: Locale): Shell {
  const app = element("app");
  const facts = element("room-facts");
  const room = app.dataset["room"] ?? "";
  return {
    room,
    title: document.querySelector("h1")?.textContent ?? "",
    max: Number(app.dataset["max"]),
    secret: app.dataset["secret"] === "true",
    count: Number(facts.dataset["count"]),
    owner: {
      user: facts.dataset["ownerColour"] ?? "",
      alias: facts.dataset["ownerAlias"] ?? "",
    },
    you: app.dataset["you"] ?? "",
    preview: previewOf(element("history"), room, locale),
    places: { app, facts, people: element("room-people"), actions: element("room-actions") },
  };
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}
