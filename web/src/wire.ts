// What travels between the server and the page. Only types: nothing here runs.

/** A participant's two-word name, in every language that the page speaks. */
export type Alias = { ko: string; en: string };

export type Participant = {
  id: string;
  user: string;
  alias: Alias;
  owner: boolean;
  away: boolean;
  since: string;
};

/** A room as the lobby lists it. */
export type Room = {
  _id: string;
  title: string;
  max: number;
  owner: string;
  ownerAlias: Alias;
  password: boolean;
  createdAt: string;
  count: number;
  closesAt?: string;
};

/** Anything in a room's log. Text and GIFs carry an author; system lines carry `system`. */
export type Entry = {
  _id: string;
  room: string;
  seq: number;
  user: string;
  createdAt: string;
  author?: string;
  alias?: Alias;
  chat?: string;
  gif?: string;
  width?: number;
  height?: number;
  clientId?: string;
  replyTo?: number;
  system?: { kind: "join" | "exit" | "owner"; author: string; user: string; alias: Alias };
  participant?: Participant;
  count?: number;
  participants?: Participant[];
};

export type Failure = {
  ok: false;
  error: string;
  message: string;
  field?: string;
  reason?: string;
  retryAfterMs?: number;
};

export type Joined = {
  ok: true;
  epoch: string;
  head: number;
  first: number;
  reset: boolean;
  more: boolean;
  messages: Entry[];
  private: never[];
  you: { id: string; user: string; alias: Alias; session?: string };
  owner: string;
  participants: Participant[];
};

export type Sent = { ok: true; _id: string; seq: number; createdAt: string };

export type History = { ok: true; messages: Entry[] };
