// What travels between the server and the page. Only types: nothing here runs.
// Generated from crates/gif-chat/src/realtime/wire; `make types` writes it anew.

export type SystemKind = "join" | "exit" | "owner" | "kick" | "unban" | "mute" | "unmute" | "slow" | "lock" | "unlock" | "title" | "max" | "password" | "invite" | "revoke" | "closing" | "staying";

export type Alias = { ko: string, en: string, };

export type Person = { id: string, user: string, alias: Alias, };

export type Participant = { id: string, user: string, alias: Alias, owner: boolean, away: boolean, since: string, 
/**
 * While the owner lets them not write: until when.
 */
mutedUntil?: string, };

export type Room = { _id: string, title: string, max: number, owner: string, ownerAlias: Alias, password: boolean, createdAt: string, count: number, 
/**
 * While nobody is connected, or its owner closes it: when the room ends.
 */
closesAt?: string, 
/**
 * Whether nobody has been in it yet.
 */
fresh: boolean, 
/**
 * Whether nobody new comes in.
 */
locked: boolean, };

export type RoomSettings = { title: string, max: number, 
/**
 * Whether it has a password.
 */
secret: boolean, 
/**
 * Whether nobody new comes in.
 */
locked: boolean, 
/**
 * Seconds between two messages of one person; 0: none.
 */
slow: number, 
/**
 * While its owner closes it: when.
 */
closesAt?: string, };

export type System = { kind: SystemKind, author: string, user: string, alias: Alias, 
/**
 * Who did it to them: the owner who handed over, sent out, muted.
 */
by?: Person, 
/**
 * With `kick`.
 */
reason?: string, 
/**
 * With `kick`, `mute` and `closing`.
 */
until?: string, 
/**
 * With `slow`; 0 when it is over.
 */
seconds?: number, 
/**
 * With `title`.
 */
title?: string, 
/**
 * With `max`.
 */
max?: number, 
/**
 * With `password`: whether there is one now.
 */
secret?: boolean, };

export type Reactor = { id: string, alias: Alias, };

export type Reaction = { emoji: string, by: Array<Reactor>, };

export type Quote = { seq: number, author: string, user: string, alias: Alias, 
/**
 * The beginning of its text, at most 200 graphemes.
 */
chat?: string, gif?: string, width?: number, height?: number, deleted?: boolean, };

export type Change = { of: number, kind: "edit" | "delete" | "reaction", 
/**
 * With `edit`: the text as it is now; missing once the message was deleted.
 */
chat?: string, 
/**
 * With `delete`: the owner removed somebody else's message.
 */
byOwner?: boolean, 
/**
 * With `reaction`.
 */
emoji?: string, 
/**
 * With `reaction`: whether it was given.
 */
on?: boolean, };

export type Entry = { _id: string, room: string, seq: number, user: string, createdAt: string, author?: string, alias?: Alias, chat?: string, gif?: string, width?: number, height?: number, clientId?: string, replyTo?: number, 
/**
 * With `replyTo`: what it answers, while the server keeps that.
 */
quote?: Quote, reactions?: Array<Reaction>, 
/**
 * When its author changed it last.
 */
edited?: string, 
/**
 * Nothing else is left of it.
 */
deleted?: boolean, 
/**
 * With `deleted`: the owner removed it.
 */
byOwner?: boolean, 
/**
 * This entry changes another one, and is not shown itself.
 */
change?: Change, system?: System, 
/**
 * With a live `join` or `exit`: who came or went.
 */
participant?: Participant, 
/**
 * With a live `join` or `exit`: taken seats.
 */
count?: number, 
/**
 * With a live `join` or `exit`: everybody, while they are few.
 */
participants?: Array<Participant>, };

export type Whisper = { _id: string, room: string, 
/**
 * Its place among this reader's whispers in the room: 1, 2, 3, … without gaps.
 */
privateSeq: number, 
/**
 * The `seq` of the room that it follows.
 */
anchor: number, author: string, user: string, alias: Alias, to: Person, chat: string, createdAt: string, clientId?: string, };

export type Ban = { id: string, user: string, alias: Alias, until: string, createdAt: string, reason?: string, };

export type Invitation = { id: string, createdAt: string, expiresAt: string, uses: number, };

export type Report = { seq: number, by: Person, reason?: string, createdAt: string, };

export type Failure = { ok: false, error: string, message: string, 
/**
 * With `invalid`: the field.
 */
field?: string, 
/**
 * With `invalid`: the rule.
 */
reason?: string, 
/**
 * With `too_fast`, `muted` and `banned`: when it is worth trying again.
 */
retryAfterMs?: number, };

export type You = { id: string, user: string, alias: Alias, session?: string, 
/**
 * While the owner lets you not write: until when.
 */
mutedUntil?: string, };

export type Joined = { ok: true, epoch: string, head: number, first: number, reset: boolean, 
/**
 * There are more entries or whispers: ask again with what you have now.
 */
more: boolean, messages: Array<Entry>, 
/**
 * Whispers, from you or to you.
 */
private: Array<Whisper>, 
/**
 * The newest `privateSeq`.
 */
privateHead: number, you: You, owner: string, participants: Array<Participant>, room: RoomSettings, 
/**
 * Whose whispers you do not take.
 */
blocked: Array<string>, 
/**
 * For the owner: what was reported.
 */
reports?: Array<Report>, };

export type Sent = { ok: true, _id: string, seq: number, createdAt: string, };

export type Changed = { ok: true, seq: number, createdAt: string, };

export type Whispered = { ok: true, _id: string, privateSeq: number, createdAt: string, };

export type History = { ok: true, messages: Array<Entry>, 
/**
 * Whispers, from you or to you, that follow one of these messages.
 */
private: Array<Whisper>, 
/**
 * There are more such whispers: ask again with `beforePrivate`.
 */
more: boolean, };

export type Close = { room: string, reason: "owner" | "empty", };

export type Kicked = { room: string, reason?: string, until: string, };

export type Presence = { id: string, away: boolean, };

export type Typing = { id: string, };

export type Restart = { delayMs: number, };

export type Time = { now: string, };
