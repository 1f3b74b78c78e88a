// The keepsake in the menu of the head, where it is found whenever it is wanted.

import { mount } from "svelte";

import type { RoomSession } from "../session.svelte.ts";
import KeepsakeButton from "./KeepsakeButton.svelte";

export function offerIn(menu: HTMLElement, session: RoomSession): void {
  mount(KeepsakeButton, { target: menu, props: { session } });
}
