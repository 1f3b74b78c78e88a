// One visit to one room: what the page shows and what it can do. Everything on the screen reads this.

import type { Socket } from "socket.io-client";
import { MediaQuery } from "svelte/reactivity";

import { textColour } from "../colour.ts";
import type { Texts } from "../texts.ts";
import type { Times } from "../times.ts";
import type { Alias, Entry, Failure, Joined } from "../wire.ts";
import { newClientId } from "./client-id.ts";
import { Connection } from "./connection.ts";
import { inspectGif } from "./gif-file.ts";
import { GIF_MIB_MAX, isTooLong } from "./limits.ts";
import { Outbox, type PendingText } from "./outbox.ts";
import type { Shell } from "./shell.ts";
import { Timeline } from "./timeline.ts";
import { upload } from "./upload.ts";
import { type PendingGif, Uploads } from "./uploads.ts";

export type Person = { user: string; alias: string };

/** Why the visit is over, and what the reader can do now. */
export type Ending = { message: string; remedy: "lobby" | "reload" };

/** A break shorter than this is not worth a word. */
const QUIET_MS = 1_000;
const RECOVERED_SHOWN_MS = 4_000;

export class RoomSession {
  readonly shell: Shell;
  readonly texts: Texts;
  readonly times: Times;

  entries = $state.raw<readonly Entry[]>([]);
  hasOlder = $state(false);
  loadingOlder = $state(false);
  pendingTexts = $state.raw<readonly PendingText[]>([]);
  pendingGifs = $state.raw<readonly PendingGif[]>([]);
  /** Whether the list on the screen is ours; until then the server's one stands in. */
  joined = $state(false);
  online = $state(false);
  status = $state("");
  ending = $state.raw<Ending | undefined>(undefined);
  leaving = $state(false);
  you = $state.raw<(Person & { id: string }) | undefined>(undefined);
  count: number = $state(0);
  owner = $state.raw<Person>({ user: "", alias: "" });

  readonly #dark = new MediaQuery("prefers-color-scheme: dark");
  readonly #timeline = new Timeline();
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #uploads: Uploads;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the visit has been complete before: then a break has something to recover. */
  #returning = false;
  #recovered = 0;

  constructor(shell: Shell, socket: Socket, texts: Texts, times: Times) {
    this.shell = shell;
    this.texts = texts;
    this.times = times;
    this.count = shell.count;
    this.owner = shell.owner;
    this.#outbox = new Outbox({
      send: (item) => this.#connection.send(item.text, item.clientId),
      sent: (item, { _id, seq, createdAt }) =>
        this.#live({ ...this.#mine(), _id, seq, createdAt, chat: item.text }),
      changed: (items) => (this.pendingTexts = items),
    });
    this.#uploads = new Uploads({
      start: (clientId, file, progress) =>
        upload({ room: shell.room, file, clientId, progress }),
      preview: (file) => URL.createObjectURL(file),
      forget: (preview) => URL.revokeObjectURL(preview),
      changed: (items) => (this.pendingGifs = items),
    });
    this.#connection = new Connection(socket, shell.room, () => this.#timeline, {
      joining: () => this.#timeline.hold(),
      joined: (answer) => this.#joined(answer),
      ready: () => this.#ready(),
      entry: (entry) => this.#live(entry),
      offline: () => this.#offline("room.offline"),
      restarting: () => this.#say(texts.text("room.restarting")),
      refused: (failure) => this.#end(endingOf(failure, texts)),
      closed: () => this.#end({ message: texts.text("room.closed"), remedy: "lobby" }),
      disconnected: () =>
        this.#end({ message: texts.text("room.disconnected"), remedy: "reload" }),
    });
    this.#offline("room.connecting");
  }

  /** Sends a text, or says why it cannot be sent. */
  sendText(text: string): string | undefined {
    if (isTooLong(text)) return this.texts.fill("invalid.text_too_long", { limit: "4,000" });
    this.#outbox.add(newClientId(), text);
    return undefined;
  }

  /** Sends a GIF, or says why it cannot be sent. */
  async sendGif(file: File): Promise<string | undefined> {
    const gif = await inspectGif(file);
    if (gif.ok) {
      this.#uploads.add(newClientId(), file, gif);
      return undefined;
    }
    return gif.reason === "not_a_gif"
      ? this.texts.text("error.not_a_gif")
      : this.texts.fill("invalid.gif_bytes", { limit: GIF_MIB_MAX });
  }

  retry(clientId: string): void {
    this.#outbox.retry(clientId);
    this.#uploads.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox.discard(clientId);
    this.#uploads.discard(clientId);
  }

  async loadOlder(): Promise<void> {
    const before = this.#timeline.oldest;
    if (this.loadingOlder || !this.online || !this.hasOlder || before === undefined) return;
    this.loadingOlder = true;
    try {
      const answer = await this.#connection.history(before);
      if (answer.ok && before === this.#timeline.oldest) {
        this.#timeline.older(answer.messages);
        this.#show();
      }
    } catch {
      // The button stays, and so does the reader's place.
    }
    this.loadingOlder = false;
  }

  /** Keeps the list short; only for a reader who is at its end, where nobody sees the other one. */
  trim(): void {
    this.#timeline.trim();
    this.#show();
  }

  async leave(): Promise<void> {
    if (this.leaving) return;
    this.leaving = true;
    await this.#connection.leave();
    location.assign("/");
  }

  isMine(entry: Entry): boolean {
    return entry.author !== undefined && entry.author === this.you?.id;
  }

  aliasIn(alias: Alias | undefined): string {
    return alias?.[this.texts.locale] ?? "";
  }

  /** The colour for a person's name, where it can be read on the page. */
  nameColour(user: string): string | undefined {
    return textColour(user, this.#dark.current ? "dark" : "light");
  }

  #mine(): Pick<Entry, "room" | "user" | "author"> {
    return { room: this.shell.room, user: this.you?.user ?? "", author: this.you?.id ?? "" };
  }

  #joined(answer: Joined): void {
    const { you, participants } = answer;
    this.you = { id: you.id, user: you.user, alias: this.aliasIn(you.alias) };
    this.count = participants.length;
    const owner = participants.find((participant) => participant.id === answer.owner);
    if (owner) this.owner = { user: owner.user, alias: this.aliasIn(owner.alias) };
    const fresh = this.#timeline.joined(answer);
    this.#recovered += fresh.filter((entry) => !entry.system && !this.isMine(entry)).length;
    this.#resolve(answer.messages);
    this.#show();
    this.joined = true;
  }

  #ready(): void {
    this.#timeline.release();
    this.#resolve(this.#timeline.sorted());
    this.#show();
    this.online = true;
    this.#outbox.open();
    this.#sayRecovered();
  }

  #live(entry: Entry): void {
    this.#timeline.live(entry);
    if (entry.count !== undefined) this.count = entry.count;
    const { system } = entry;
    if (system?.kind === "owner") {
      this.owner = { user: system.user, alias: this.aliasIn(system.alias) };
    }
    this.#resolve([entry]);
    this.#show();
  }

  /** What the room shows is no longer on its way. */
  #resolve(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.clientId === undefined || !this.isMine(entry)) continue;
      this.#outbox.discard(entry.clientId);
      this.#uploads.arrived(entry.clientId);
    }
  }

  #show(): void {
    this.entries = this.#timeline.sorted();
    this.hasOlder = this.#timeline.hasOlder;
  }

  #offline(key: string): void {
    this.online = false;
    this.#outbox.close();
    if (this.leaving || this.status !== "") return;
    clearTimeout(this.#statusTimer);
    this.#statusTimer = setTimeout(() => this.#say(this.texts.text(key)), QUIET_MS);
  }

  #say(status: string): void {
    clearTimeout(this.#statusTimer);
    this.status = status;
  }

  #sayRecovered(): void {
    const announced = this.#returning && this.status !== "";
    const count = this.#recovered;
    this.#returning = true;
    this.#recovered = 0;
    this.#say("");
    if (!announced) return;
    this.#say(
      count > 0
        ? this.texts.fill("room.recovered_with", { count })
        : this.texts.text("room.recovered"),
    );
    this.#statusTimer = setTimeout(() => this.#say(""), RECOVERED_SHOWN_MS);
  }

  #end(ending: Ending): void {
    this.online = false;
    this.#outbox.close();
    this.#say("");
    this.ending = ending;
  }
}

function endingOf(failure: Failure, texts: Texts): Ending {
  if (failure.error === "not_found") return { message: texts.text("room.gone"), remedy: "lobby" };
  const remedy = failure.error === "not_admitted" ? "reload" : "lobby";
  return { message: failure.message, remedy };
}
