// Somebody without a browser: keeps a cookie, and asks as the course's pages and any client would.

import { once } from "node:events";

import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";

export type { Socket } from "socket.io-client";
export type Transports = NonNullable<ManagerOptions["transports"]>;

const EVENT_MS_MAX = 15_000;

export type RoomForm = { title: string; max?: number; password?: string };

export class Visitor {
  readonly #url: string;
  #cookie = "";
  #sockets: Socket[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    // A connection that is kept may be one whose server has been restarted since.
    headers.set("Connection", "close");
    if (this.#cookie !== "") headers.set("Cookie", this.#cookie);
    const response = await fetch(this.#url + path, { ...init, headers, redirect: "manual" });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) this.#cookie = given.split(";")[0] ?? "";
    return response;
  }

  /** Makes a room by the form and opens its page; gives its id. */
  async makeRoom({ title, max = 10, password = "" }: RoomForm): Promise<string> {
    const form = new URLSearchParams({ title, max: String(max), password });
    const made = await this.ask("/room", { method: "POST", body: form });
    const address = made.headers.get("Location") ?? "";
    await this.ask(address);
    return address.replace("/room/", "");
  }

  async chat(room: string, chat: string): Promise<Response> {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ chat });
    return this.ask(`/room/${room}/chat`, { method: "POST", headers, body });
  }

  async gif(room: string, bytes: Buffer): Promise<Response> {
    const body = new FormData();
    body.append("gif", new Blob([new Uint8Array(bytes)], { type: "image/gif" }), "wave.gif");
    return this.ask(`/room/${room}/gif`, { method: "POST", body });
  }

  /** A socket of this visitor in a namespace, once it is connected. */
  async connect(namespace: string, options: Partial<ManagerOptions & SocketOptions> = {}) {
    const socket = io(this.#url + namespace, {
      path: "/socket.io",
      forceNew: true,
      extraHeaders: this.#cookie === "" ? {} : { Cookie: this.#cookie },
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
      ...options,
    });
    this.#sockets.push(socket);
    await next(socket, "connect");
    return socket;
  }

  close(): void {
    for (const socket of this.#sockets) socket.disconnect();
  }
}

/** The first argument of the next such event. */
export async function next<Payload>(socket: Socket, event: string): Promise<Payload> {
  const signal = AbortSignal.timeout(EVENT_MS_MAX);
  // The client's emitter has `on` and `off` under the names that an event target has not.
  const emitter = socket as unknown as NodeJS.EventEmitter;
  const [payload] = await once(emitter, event, { signal });
  return payload as Payload;
}

/** Collects all such events from now on. */
export function collect<Payload>(socket: Socket, event: string): Payload[] {
  const collected: Payload[] = [];
  socket.on(event, (payload: Payload) => collected.push(payload));
  return collected;
}
