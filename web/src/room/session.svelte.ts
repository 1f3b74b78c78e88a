// One visit to one room: what the page shows and what it can do. Everything on the screen reads this.

import type { Socket } from "socket.io-client";

import type { Texts } from "../texts.ts";
import type { Times } from "../times.ts";
import type { Alias, Entry, Failure, Joined, Sent } from "../wire.ts";
import { newClientId } from "./client-id.ts";
import { Connection } from "./connection.ts";
import { type Break, type Ending, endingOf } from "./endings.ts";
import { inspectGif } from "./gif-file.ts";
import type { Keeper } from "./keeping/keeper.ts";
import { GIF_MIB_MAX, isTooLong } from "./limits.ts";
import { Outbox, type PendingText } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { type Person, Roster } from "./roster.svelte.ts";
import type { Shell } from "./shell.ts";
import { Status } from "./status.ts";
import { ENTRIES_AT_END_MAX, type StartedOver, Timeline } from "./timeline.ts";
import { upload } from "./upload.ts";
import { type PendingGif, Uploads } from "./uploads.ts";

const RECOVERED_SHOWN_MS = 4_000;
const STARTED_OVER_SHOWN_MS = 15_000;
/** One's own answer may overtake the others' entries: a gap that closes by itself is none. */
export const GAP_MS_MAX = 300;
/** Entries that come closer together are shown together: a flood must not cost a drawing for each. */
export const SHOW_MS_MIN = 50;

export class RoomSession {
  readonly shell: Shell;
  readonly texts: Texts;
  readonly times: Times;
  readonly roster: Roster;

  /** Until the room has answered, what the server wrote into the page. */
  entries = $state.raw<readonly Entry[]>([]);
  hasOlder = $state(false);
  loadingOlder = $state(false);
  pendingTexts = $state.raw<readonly PendingText[]>([]);
  pendingGifs = $state.raw<readonly PendingGif[]>([]);
  /** Whether the room has answered: what is on the screen is the room's own. */
  joined = $state(false);
  online = $state(false);
  status = $state("");
  ending = $state.raw<Ending | undefined>(undefined);
  /** The room is no more. */
  gone = $state(false);
  leaving = $state(false);
  /** Why the list on the screen is not the one that was there before. */
  startedOver = $state.raw<StartedOver | undefined>(undefined);
  /** How often it has started over. */
  beginnings = $state(0);

  readonly #timeline = new Timeline();
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #uploads: Uploads;
  readonly #keeper: Keeper;
  readonly #status: Status;
  /** What the tab had unsent before stands in the list: until then nothing may overtake it. */
  readonly #restored: Promise<void>;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #showing = new Pace(() => this.#show(), SHOW_MS_MIN);
  /** Whether the visit has been complete before: then a break has something to recover. */
  #returning = false;
  #recovered = 0;
  /** What a join has found and nobody has been told yet. */
  #untold: StartedOver | undefined;

  constructor(shell: Shell, socket: Socket, texts: Texts, times: Times, keeper: Keeper) {
    this.shell = shell;
    this.texts = texts;
    this.times = times;
    this.roster = new Roster(texts.locale, shell.count, shell.owner);
    this.entries = shell.preview;
    this.#keeper = keeper;
    this.#status = new Status((text) => (this.status = text));
    this.#outbox = new Outbox({
      send: (item) => this.#connection.send(item.text, item.clientId),
      sent: (item, answer) => this.#sent(item, answer),
      changed: (items) => {
        this.pendingTexts = items;
        keeper.keepTexts(items);
      },
    });
    this.#uploads = new Uploads({
      start: (clientId, file, progress) =>
        upload({ room: shell.room, file, clientId, progress }),
      preview: (file) => URL.createObjectURL(file),
      forget: ({ clientId, preview }) => {
        URL.revokeObjectURL(preview);
        keeper.forgetGif(clientId);
      },
      changed: (items) => (this.pendingGifs = items),
    });
    this.#connection = new Connection(socket, shell.room, () => this.#timeline, {
      joining: () => this.#joining(),
      joined: (answer) => this.#joined(answer),
      ready: () => this.#ready(),
      entry: (entry) => this.#live(entry),
      offline: (why) => this.#offline(why),
      restarting: () => this.#status.say(texts.text("room.restarting")),
      refused: (failure) => this.#refused(failure),
      closed: () => this.#gone({ message: texts.text("room.closed"), remedy: "lobby" }),
      disconnected: () =>
        this.#end({ message: texts.text("room.disconnected"), remedy: "reload" }),
    });
    this.#status.sayIfItLasts(texts.text("room.connecting"));
    this.#restored = this.#restore();
  }

  /** Whether leaving the page now would lose something that its reader has written. */
  get losing(): boolean {
    if (this.ending) return false;
    const pending = [...this.pendingTexts, ...this.pendingGifs];
    return pending.some(({ clientId, state }) => state !== "sent" && !this.#keeper.holds(clientId));
  }

  /** The device or the page was away and is back. */
  wake(): void {
    this.#connection.wake();
  }

  /** Sends a text, or says why it cannot be sent. */
  sendText(text: string): string | undefined {
    if (isTooLong(text)) return this.texts.fill("invalid.text_too_long", { limit: "4,000" });
    this.#outbox.add({ ...this.#mark(), text });
    return undefined;
  }

  /** Sends a GIF, or says why it cannot be sent. */
  async sendGif(file: File): Promise<string | undefined> {
    const gif = await inspectGif(file);
    if (gif.ok) {
      const chosen = { ...this.#mark(), file, width: gif.width, height: gif.height };
      void this.#keeper.keepGif(chosen);
      this.#uploads.choose(chosen);
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
    const { oldest: before, epoch } = this.#timeline;
    if (this.loadingOlder || !this.online || !this.hasOlder || before === undefined) return;
    this.loadingOlder = true;
    try {
      const answer = await this.#connection.history(before);
      const still = this.#timeline.oldest === before && this.#timeline.epoch === epoch;
      if (answer.ok && still) {
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
    if (!this.joined || this.entries.length <= ENTRIES_AT_END_MAX) return;
    this.#timeline.trim(ENTRIES_AT_END_MAX);
    this.#show();
  }

  /** Asks anew who is here, and for whatever else may be missing. */
  refresh(): void {
    if (this.online) this.#connection.catchUp();
  }

  async leave(): Promise<void> {
    if (this.leaving) return;
    this.leaving = true;
    await this.#connection.leave();
    location.assign("/");
  }

  /** Which log the entries are of; nothing until the room has answered. */
  get epoch(): string | undefined {
    return this.#timeline.epoch;
  }

  get you(): (Person & { id: string }) | undefined {
    return this.roster.you;
  }

  isMine({ author }: Entry): boolean {
    return author !== undefined && author === (this.you?.id ?? this.shell.you);
  }

  aliasIn(alias: Alias | undefined): string {
    return this.roster.aliasIn(alias);
  }

  startedOverText(why: StartedOver): string {
    return this.texts.text(
      why === "epoch" ? "room.started_over_epoch" : "room.started_over_history",
    );
  }

  /** Whose it is, when, and under which name it is sent once. */
  #mark(): Pick<PendingText, "clientId" | "author" | "writtenAt" | "state"> {
    const author = this.you?.id;
    return { clientId: newClientId(), author, writtenAt: Date.now(), state: "waiting" };
  }

  async #restore(): Promise<void> {
    const { texts, gifs } = await this.#keeper.restore();
    this.#outbox.restore(texts);
    this.#uploads.restoreChosen(gifs);
    this.#claimPending();
  }

  /** What was written in tabs that are gone is sent here. */
  async #adopt(author: string): Promise<void> {
    const { texts, gifs } = await this.#keeper.adopt(author);
    this.#outbox.restore(texts);
    this.#uploads.restoreChosen(gifs);
    this.#resolve();
  }

  #claimPending(): void {
    if (!this.you) return;
    const problem = this.texts.text("room.other_author");
    this.#outbox.belongTo(this.you.id, problem);
    this.#uploads.belongTo(this.you.id, problem);
  }

  #sent({ clientId, text }: PendingText, { _id, seq, createdAt }: Sent): void {
    const { id: author, user } = this.you ?? { id: "", user: "" };
    const { room } = this.shell;
    this.#timeline.live({ _id, room, seq, user, author, createdAt, chat: text, clientId });
    this.#show();
    this.#mindGap();
    // Older than the list: it is in the history, where nobody looks for it now.
    if (seq <= this.#timeline.cursor) this.#outbox.discard(clientId);
  }

  /** After a break the server may be another one; on a standing connection it is the same. */
  #joining(): void {
    if (!this.online) this.#timeline.hold();
  }

  #joined(answer: Joined): void {
    this.roster.joined(answer);
    const { entries, startedOver } = this.#timeline.joined(answer);
    if (startedOver) {
      this.#untold = startedOver;
      this.startedOver = startedOver;
      this.beginnings += 1;
      this.#recovered = 0;
    } else {
      this.#recovered += entries.filter((entry) => !entry.system && !this.isMine(entry)).length;
    }
    this.#claimPending();
    this.#show();
    this.joined = true;
  }

  #ready(): void {
    this.#timeline.release();
    this.#show();
    if (this.online) {
      this.#recovered = 0;
      this.#sayStartedOver();
    } else {
      const lost = this.#untold === "epoch";
      this.#outbox.settleSent(lost);
      this.#uploads.settleSent(lost);
      this.online = true;
      this.#sayRecovered();
      void this.#restored.then(() => this.#open());
    }
    this.#mindGap();
  }

  #open(): void {
    if (!this.online || !this.you) return;
    this.#outbox.open();
    this.#uploads.open();
    void this.#adopt(this.you.id);
  }

  #live(entry: Entry): void {
    this.#timeline.live(entry);
    this.roster.live(entry);
    this.#showing.ask();
    this.#mindGap();
  }

  /** Entries are missing: unless they come by themselves, they are asked for. */
  #mindGap(): void {
    if (!this.#timeline.gap || this.#gapTimer !== undefined) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      if (this.#timeline.gap) this.#connection.catchUp();
    }, GAP_MS_MAX);
  }

  /** What the room shows is no longer on its way. */
  #resolve(): void {
    const pending = [...this.pendingTexts, ...this.pendingGifs];
    if (pending.length === 0) return;
    const authors = new Map(pending.map(({ clientId, author }) => [clientId, author]));
    for (const { clientId, author } of this.entries) {
      // Anybody can send a name; only its author's entry is the one that was meant.
      if (clientId === undefined || author === undefined) continue;
      if (authors.get(clientId) !== author) continue;
      this.#outbox.discard(clientId);
      this.#uploads.arrived(clientId);
    }
  }

  #show(): void {
    // Until the room has answered, what the server wrote into the page stands there.
    if (this.#timeline.epoch === undefined) return;
    this.#timeline.trim();
    this.entries = this.#timeline.shown();
    this.hasOlder = this.#timeline.hasOlder;
    this.#resolve();
  }

  #offline(why: Break): void {
    this.online = false;
    if (why === "message_too_large") {
      this.#outbox.failCurrent(this.texts.fill("invalid.text_too_long", { limit: "4,000" }));
    }
    this.#outbox.close();
    this.#uploads.close();
    if (this.leaving) return;
    if (why === "slow") this.#status.say(this.texts.text("room.too_slow"));
    else this.#status.sayIfItLasts(this.texts.text("room.offline"));
  }

  #sayRecovered(): void {
    const announced = this.#returning && this.#status.speaks;
    const count = this.#recovered;
    this.#returning = true;
    this.#recovered = 0;
    if (this.#sayStartedOver()) return;
    if (!announced) return this.#status.say("");
    const text =
      count > 0
        ? this.texts.fill("room.recovered_with", { count })
        : this.texts.text("room.recovered");
    this.#status.sayFor(text, RECOVERED_SHOWN_MS);
  }

  #sayStartedOver(): boolean {
    const why = this.#untold;
    this.#untold = undefined;
    if (why) this.#status.sayFor(this.startedOverText(why), STARTED_OVER_SHOWN_MS);
    return why !== undefined;
  }

  #refused(failure: Failure): void {
    const ending = endingOf(failure, this.texts);
    if (failure.error === "not_found") this.#gone(ending);
    else this.#end(ending);
  }

  /** The room is no more: what was meant for it can only be read here once more. */
  #gone(ending: Ending): void {
    this.#end(ending);
    this.gone = true;
    void this.#keeper.forgetRoom();
    const problem = this.texts.text("room.too_late");
    this.#outbox.end(problem);
    this.#uploads.end(problem);
  }

  #end(ending: Ending): void {
    this.online = false;
    clearTimeout(this.#gapTimer);
    this.#outbox.close();
    this.#uploads.close();
    this.#status.say("");
    this.ending = ending;
  }
}
