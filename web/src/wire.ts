// What travels between the server and the page. Only types: nothing here runs.
// Generated from crates/gif-chat/src/realtime/wire; `make types` writes it anew.

export type Alias = { ko: string, en: string, };

export type Participant = { id: string, user: string, alias: Alias, owner: boolean, away: boolean, since: string, };

export type Room = { _id: string, title: string, max: number, owner: string, ownerAlias: Alias, password: boolean, createdAt: string, count: number, 
/**
 * While nobody is connected: when the room ends.
 */
closesAt?: string, 
/**
 * Whether nobody has been in it yet.
 */
fresh: boolean, };

export type System = { kind: "join" | "exit" | "owner", author: string, user: string, alias: Alias, };

export type Entry = { _id: string, room: string, seq: number, user: string, createdAt: string, author?: string, alias?: Alias, chat?: string, gif?: string, width?: number, height?: number, clientId?: string, replyTo?: number, system?: System, 
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

export type You = { id: string, user: string, alias: Alias, session?: string, };

export type Joined = { ok: true, epoch: string, head: number, first: number, reset: boolean, more: boolean, messages: Array<Entry>, 
/**
 * Whispers; none are sent yet.
 */
private: never[], you: You, owner: string, participants: Array<Participant>, };

export type Sent = { ok: true, _id: string, seq: number, createdAt: string, };

export type History = { ok: true, messages: Array<Entry>, };

export type Close = { room: string, reason: "owner" | "empty", };

export type Restart = { delayMs: number, };

export type Time = { now: string, };
