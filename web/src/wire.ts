// What travels between the server and the page. Only types: nothing here runs.
// Generated from crates/gif-chat/src/realtime/wire; `make types` writes it anew.

export type Alias = { ko: string, en: string, };

export type Person = { id: string, user: string, alias: Alias, };

export type Participant = { id: string, user: string, alias: Alias, owner: boolean, away: boolean, since: string, mutedUntil?: string, };

export type Room = { _id: string, title: string, max: number, owner: string, ownerAlias: Alias, password: boolean, createdAt: string, count: number, 
/**
 * While nobody is connected: when the room ends.
 */
closesAt?: string, 
/**
 * Whether nobody has been in it yet.
 */
fresh: boolean, locked: boolean, };

export type System = { kind: "join" | "exit" | "owner" | "kick" | "unban" | "mute" | "unmute" | "slow" | "lock" | "unlock" | "title" | "max" | "password" | "invite" | "revoke" | "closing" | "staying", author: string, user: string, alias: Alias, by?: Person, reason?: string, until?: string, seconds?: number, title?: string, max?: number, secret?: boolean, };

export type Reactor = { id: string, alias: Alias, };

export type Reaction = { emoji: string, by: Array<Reactor>, };

export type Quote = { seq: number, author: string, user: string, alias: Alias, chat?: string, gif?: string, width?: number, height?: number, deleted?: true, };

export type Change = { of: number, kind: "edit" | "delete" | "reaction", chat?: string, byOwner?: true, emoji?: string, on?: boolean, };

export type Entry = { _id: string, room: string, seq: number, user: string, createdAt: string, author?: string, alias?: Alias, chat?: string, gif?: string, width?: number, height?: number, clientId?: string, replyTo?: number, quote?: Quote, reactions?: Array<Reaction>, edited?: string, deleted?: true, byOwner?: true, change?: Change, system?: System, 
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
 * With `too_fast`: when it is worth trying again.
 */
retryAfterMs?: number, };

export type You = { id: string, user: string, alias: Alias, session?: string, mutedUntil?: string, };

export type Whisper = { _id: string, room: string, privateSeq: number, anchor: number, author: string, user: string, alias: Alias, to: Person, chat: string, createdAt: string, clientId?: string, };

export type RoomSettings = { title: string, max: number, secret: boolean, locked: boolean, slow: number, closesAt?: string, };

export type Ban = { id: string, user: string, alias: Alias, until: string, createdAt: string, reason?: string, };

export type Invitation = { id: string, createdAt: string, expiresAt: string, uses: number, };

export type Report = { seq: number, by: Person, reason?: string, createdAt: string, };

export type Joined = { ok: true, epoch: string, head: number, first: number, reset: boolean, more: boolean, messages: Array<Entry>, private: Array<Whisper>, privateHead: number, you: You, owner: string, participants: Array<Participant>, room: RoomSettings, blocked: Array<string>, reports?: Array<Report>, };

export type Sent = { ok: true, _id: string, seq: number, createdAt: string, };

export type Whispered = { ok: true, _id: string, privateSeq: number, createdAt: string, };

export type Changed = { ok: true, seq: number, createdAt: string, };

export type History = { ok: true, messages: Array<Entry>, private: Array<Whisper>, more: boolean, };

export type Kicked = { room: string, reason?: string, until: string, };

export type Presence = { id: string, away: boolean, };

export type Typing = { id: string, };

export type Close = { room: string, reason: "owner" | "empty", };

export type Restart = { delayMs: number, };

export type Time = { now: string, };
