// One visit to one room: what the page shows and what it can do. Everything on the screen reads this.

import type { Socket } from "socket.io-client";

import type { Texts } from "../texts.ts";
import type { Times } from "../times.ts";
import type {
  Alias,
  Entry,
  Failure,
  Joined,
  Presence,
  Quote,
  Report,
  Sent,
  Whispered,
} from "../wire.ts";
import { Asking } from "./asking.svelte.ts";
import { Connection } from "./connection.ts";
import { type Break, type Ending, endingOf, kickedEnding } from "./endings.ts";
import { Facts } from "./facts.svelte.ts";
import { Hidden } from "./hidden.svelte.ts";
import { hiddenPeopleFor } from "./keeping/here.ts";
import type { Keeper } from "./keeping/keeper.ts";
import type { PendingText } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { Reports } from "./reports.svelte.ts";
import { type Person, Roster } from "./roster.svelte.ts";
import { Sending } from "./sending.svelte.ts";
import type { Shell } from "./shell.ts";
import { Status } from "./status.ts";
import { Talk } from "./talk.svelte.ts";
import { ENTRIES_AT_END_MAX, type StartedOver, Timeline } from "./timeline.ts";
import { Whispering } from "./whispering.svelte.ts";
import { type Told, Whispers } from "./whispers.ts";

const RECOVERED_SHOWN_MS = 4_000;
const STARTED_OVER_SHOWN_MS = 15_000;
const SAID_MS = 6_000;
/** One's own answer may overtake the others' entries: a gap that closes by itself is none. */
export const GAP_MS_MAX = 300;
/** Entries that come closer together are shown together: a flood must not cost a drawing for each. */
export const SHOW_MS_MIN = 50;

export class RoomSession {
  readonly shell: Shell;
  readonly texts: Texts;
  readonly times: Times;
  readonly roster: Roster;
  readonly facts: Facts;
  readonly reports = new Reports();
  readonly sending: Sending;
  readonly whispers = new Whispers();
  readonly whispering: Whispering;
  readonly asking = new Asking();
  readonly talk = new Talk(this);
  /** Whom the reader does not want to read. */
  readonly hidden: Hidden;

  /** Until the room has answered, what the server wrote into the page. */
  entries = $state.raw<readonly Entry[]>([]);
  hasOlder = $state(false);
  /** The entries, and the whispers that stand among them. */
  told = $state.raw<readonly Told[]>([]);
  loadingOlder = $state(false);
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
  readonly #keeper: Keeper;
  readonly #status: Status;
  #older: Promise<void> | undefined;
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
    this.facts = new Facts(shell);
    this.told = this.entries = shell.preview;
    this.hidden = new Hidden(hiddenPeopleFor(shell.room));
    this.#keeper = keeper;
    this.#status = new Status((text) => (this.status = text));
    this.sending = new Sending(shell.room, texts, keeper, {
      send: (item) => this.#connection.send({ ...item, replyTo: this.#answered(item)?.seq }),
      sent: (item, answer) => this.#sent(item, answer),
    });
    this.whispering = new Whispering(shell.room);
    this.#connection = new Connection(socket, shell.room, () => this.#position, {
      joining: () => this.#joining(),
      joined: (answer) => this.#joined(answer),
      ready: () => this.#ready(),
      entry: (entry) => this.#live(entry),
      typing: (id) => this.talk.typing(id),
      whisper: (whisper) => {
        this.whispers.live(whisper);
        this.#showing.ask();
        this.#mindGap();
      },
      offline: (why) => this.#offline(why),
      restarting: () => this.#status.say(texts.text("room.restarting")),
      refused: (failure) => this.#refused(failure),
      kicked: (kicked) => this.#end(kickedEnding(kicked, texts, times)),
      closed: () => this.#gone({ message: texts.text("room.closed"), remedy: "lobby" }),
      disconnected: () =>
        this.#end({ message: texts.text("room.disconnected"), remedy: "reload" }),
    });
    socket.on("presence", (presence: Presence) => this.roster.presence(presence));
    socket.on("report", (report: Report) => this.reports.heard(report));
    this.#status.sayIfItLasts(texts.text("room.connecting"));
  }

  /** Whether leaving the page now would lose something that its reader has written. */
  get losing(): boolean {
    return !this.ending && this.sending.losing;
  }

  /** The device or the page was away and is back. */
  wake(): void {
    this.#connection.wake();
  }

  /** Whoever asks while a page is on its way waits for that one. */
  loadOlder(): Promise<void> {
    this.#older ??= this.#loadOlder().finally(() => (this.#older = undefined));
    return this.#older;
  }

  async #loadOlder(): Promise<void> {
    const { oldest: before, epoch } = this.#timeline;
    if (!this.online || !this.hasOlder || before === undefined) return;
    this.loadingOlder = true;
    try {
      const answer = await this.#connection.history(before, this.whispers.oldest);
      const still = this.#timeline.oldest === before && this.#timeline.epoch === epoch;
      if (answer.ok && still) {
        this.#timeline.older(answer.messages);
        this.whispers.older(answer.private);
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

  /** Does something in the room besides writing; rejects when no answer comes. */
  act<Answer extends { ok: true }>(name: string, payload: object): Promise<Answer | Failure> {
    return this.#connection.act(name, payload);
  }

  /** Says something that is not about the connection. */
  say(text: string): void {
    if (this.online) this.#status.sayFor(text, SAID_MS);
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

  isMine({ author }: { author?: string }): boolean {
    return author !== undefined && author === (this.you?.id ?? this.shell.you);
  }

  /** Whether it is no news to the reader: their own, or of somebody whom they have hidden. */
  isQuiet(entry: Entry): boolean {
    return this.isMine(entry) || this.hidden.has(entry.author);
  }

  aliasIn(alias: Alias | undefined): string {
    return this.roster.aliasIn(alias);
  }

  startedOverText(why: StartedOver): string {
    return this.texts.text(
      why === "epoch" ? "room.started_over_epoch" : "room.started_over_history",
    );
  }

  get #position() {
    const { epoch, cursor: after } = this.#timeline;
    return { epoch, after, afterPrivate: this.whispers.cursor };
  }

  /** What a text answers; a `seq` of another log means nothing here. */
  #answered({ reply }: PendingText): Quote | undefined {
    return reply?.epoch === this.epoch ? reply?.quote : undefined;
  }

  #sent(item: PendingText, answer: Sent | Whispered): void {
    const { id: author, user } = this.you ?? { id: "", user: "" };
    const { room } = this.shell;
    const { clientId, text: chat } = item;
    const { _id, createdAt } = answer;
    if ("privateSeq" in answer) {
      this.whispers.expect(answer.privateSeq);
    } else {
      const { seq } = answer;
      const quote = this.#answered(item);
      const reply = quote ? { replyTo: quote.seq, quote } : {};
      this.#timeline.live({ _id, room, seq, user, author, createdAt, chat, clientId, ...reply });
    }
    this.#show();
    this.#mindGap();
    // Older than the list: it is in the history, where nobody looks for it now.
    const older =
      "privateSeq" in answer
        ? answer.privateSeq <= this.whispers.cursor
        : answer.seq <= this.#timeline.cursor;
    if (older) this.sending.discard(clientId);
  }

  /** After a break the server may be another one; on a standing connection it is the same. */
  #joining(): void {
    if (this.online) return;
    this.#timeline.hold();
    this.whispers.hold();
  }

  #joined(answer: Joined): void {
    this.roster.joined(answer);
    this.facts.joined(answer);
    this.reports.joined(answer);
    const { entries, startedOver } = this.#timeline.joined(answer);
    const fresh: Told[] = [...entries, ...this.whispers.joined(answer, startedOver)];
    if (startedOver) {
      this.#untold = startedOver;
      this.startedOver = startedOver;
      this.beginnings += 1;
      this.#recovered = 0;
    } else {
      this.#recovered += fresh.filter((told) => !told.system && !this.isMine(told)).length;
    }
    this.sending.belongTo(answer.you.id);
    this.#show();
    this.joined = true;
  }

  #ready(): void {
    this.#timeline.release();
    this.whispers.release();
    this.#show();
    if (this.online) {
      this.#recovered = 0;
      this.#sayStartedOver();
    } else {
      const lost = this.#untold === "epoch";
      this.sending.settleSent(lost);
      this.online = true;
      this.#sayRecovered();
      void this.sending.restored.then(() => this.#open());
    }
    this.#mindGap();
  }

  #open(): void {
    if (this.online) void this.sending.open(() => this.told);
  }

  #live(entry: Entry): void {
    this.#timeline.live(entry);
    this.roster.live(entry);
    this.talk.live(entry);
    this.facts.live(entry, this.you?.id);
    // What only owners are told comes with a join.
    if (entry.system?.kind === "owner" && this.roster.youOwn) this.refresh();
    this.#showing.ask();
    this.#mindGap();
  }

  /** Entries are missing: unless they come by themselves, they are asked for. */
  #mindGap(): void {
    const gap = (): boolean => this.#timeline.gap || this.whispers.gap;
    if (!gap() || this.#gapTimer !== undefined) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      if (gap()) this.#connection.catchUp();
    }, GAP_MS_MAX);
  }

  #show(): void {
    // Until the room has answered, what the server wrote into the page stands there.
    if (this.#timeline.epoch === undefined) return;
    this.#timeline.trim();
    this.entries = this.#timeline.shown();
    this.hasOlder = this.#timeline.hasOlder;
    if (this.hasOlder) this.whispers.trim(this.entries[0]?.seq ?? 0);
    this.told = this.whispers.among(this.entries);
    this.sending.resolve(this.told);
  }

  #offline(why: Break): void {
    this.online = false;
    if (why === "message_too_large") {
      this.sending.failCurrent();
    }
    this.sending.close();
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
    const ending = endingOf(failure, this.texts, this.times);
    if (failure.error === "not_found") this.#gone(ending);
    else this.#end(ending);
  }

  /** The room is no more: what was meant for it can only be read here once more. */
  #gone(ending: Ending): void {
    this.#end(ending);
    this.gone = true;
    void this.#keeper.forgetRoom();
    this.hidden.forget();
    this.sending.end();
  }

  #end(ending: Ending): void {
    this.online = false;
    clearTimeout(this.#gapTimer);
    this.sending.close();
    this.#status.say("");
    this.ending = ending;
  }
}
