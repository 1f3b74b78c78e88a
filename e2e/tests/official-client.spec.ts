// The official JavaScript client from npm, over each of its transports, as the course's page uses it.

import { collect, next, type Socket, type Transports, Visitor } from "../support/course.ts";
import { expect, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";

type SystemLine = { user: string; chat: string; seq: number; count: number };
type Message = { _id: string; room: string; seq: number; user: string; chat?: string; gif?: string };
type LobbyRoom = { _id: string; title: string; max: number; password: unknown; count: number };

const WAYS: { name: string; transports: Transports; ends: string }[] = [
  { name: "polling only", transports: ["polling"], ends: "polling" },
  { name: "polling and then the upgrade", transports: ["polling", "websocket"], ends: "websocket" },
  { name: "WebSocket only", transports: ["websocket"], ends: "websocket" },
];

function transportOf(socket: Socket): string {
  return socket.io.engine.transport.name;
}

test.use({ settings: { GIFCHAT_GRACE: "3s" } });

for (const { name, transports, ends } of WAYS) {
  test(`lobby, entry, chat, GIF and exit work over ${name}`, async ({ server }) => {
    const people = [1, 2, 3].map(() => new Visitor(server.url));
    const [maker, guest, onlooker] = people as [Visitor, Visitor, Visitor];
    const lobby = await onlooker.connect("/room", { transports });
    const added = next<LobbyRoom>(lobby, "newRoom");
    const room = await maker.makeRoom({ title: "강의 방", max: 4, password: "비밀 열쇠" });
    const announced = await added;
    expect(announced).toMatchObject({ _id: room, title: "강의 방", max: 4, password: true, count: 0 });
    expect(JSON.stringify(announced)).not.toContain("비밀 열쇠");

    const socket = await maker.connect("/chat", { transports });
    const counted = next<LobbyRoom>(lobby, "updateRoom");
    socket.emit("join", room);
    expect(await counted).toMatchObject({ _id: room, count: 1 });

    const entered = await guest.ask(`/room/${room}?password=${encodeURIComponent("비밀 열쇠")}`);
    expect(entered.headers.get("Location")).toBe(`/room/${room}`);
    const other = await guest.connect("/chat", { transports });
    const ownEntry = collect<SystemLine>(other, "join");
    const joined = next<SystemLine>(socket, "join");
    other.emit("join", room);
    const entry = await joined;

    const texts = [socket, other].map((each) => next<Message>(each, "chat"));
    expect(await (await guest.chat(room, "안녕하세요")).text()).toBe("ok");
    const [seen, own] = await Promise.all(texts);
    expect(seen).toMatchObject({ room, chat: "안녕하세요" });
    expect(own).toEqual(seen);
    expect(entry).toMatchObject({ user: "system", chat: `${seen?.user}님이 입장하셨습니다.`, count: 2 });
    expect(seen?.seq).toBe(entry.seq + 1);
    expect(ownEntry).toEqual([]);

    const picture = next<Message>(socket, "chat");
    const bytes = gif({ width: 24, height: 24, frames: 2 });
    expect(await (await guest.gif(room, bytes)).text()).toBe("ok");
    const shown = await picture;
    const served = await maker.ask(`/gif/${shown.gif}`);
    expect(served.headers.get("Content-Type")).toBe("image/gif");
    expect(Buffer.from(await served.arrayBuffer()).subarray(0, 6).toString()).toBe("GIF89a");

    await expect.poll(() => transportOf(other)).toBe(ends);
    const left = next<SystemLine>(socket, "exit");
    other.disconnect();
    expect(await left).toMatchObject({
      user: "system",
      chat: `${seen?.user}님이 퇴장하셨습니다.`,
      count: 1,
    });
    const removed = next<string>(lobby, "removeRoom");
    socket.disconnect();
    expect(await removed).toBe(room);
    for (const person of people) person.close();
  });

  test(`after a server restart the client is back over ${name}`, async ({ server }) => {
    const [maker, guest] = [new Visitor(server.url), new Visitor(server.url)];
    const lobby = await maker.connect("/room");
    const room = await maker.makeRoom({ title: "다시" });
    await guest.ask(`/room/${room}`);
    const first = await maker.connect("/chat", { transports });
    const second = await guest.connect("/chat", { transports });
    const entries = collect<SystemLine>(first, "join");
    for (const socket of [first, second]) {
      const counted = next<LobbyRoom>(lobby, "updateRoom");
      socket.on("connect", () => socket.emit("join", room));
      socket.emit("join", room);
      await counted;
    }
    await expect.poll(() => entries.length).toBe(1);
    const exits = collect<SystemLine>(first, "exit");
    await server.stop();
    await server.start();
    await expect.poll(() => first.connected && second.connected).toBe(true);
    const messages = [first, second].map((socket) => collect<Message>(socket, "chat"));
    await expect
      .poll(async () => {
        await guest.chat(room, "다시 왔어요");
        return messages.map((each) => each.length > 0);
      })
      .toEqual([true, true]);
    await expect.poll(() => transportOf(first)).toBe(ends);
    const left = next<SystemLine>(first, "exit");
    second.disconnect();
    await left;
    // Only the one who really left has been announced, and nobody twice.
    expect(exits).toHaveLength(1);
    expect(entries).toHaveLength(1);
    for (const person of [maker, guest]) person.close();
  });
}

test("chatting over the socket alone needs no cookie and no page", async ({ server }) => {
  const [maker, bot] = [new Visitor(server.url), new Visitor(server.url)];
  const room = await maker.makeRoom({ title: "로봇" });
  const socket = await bot.connect("/chat");
  const answer = (await socket.emitWithAck("join", { room })) as {
    ok: boolean;
    you: { user: string; session: string };
    messages: SystemLine[];
  };
  expect(answer.ok).toBe(true);
  expect(answer.you.session).toBeTruthy();
  expect(answer.messages.at(-1)?.chat).toBe(`${answer.you.user}님이 입장하셨습니다.`);
  const heard = next<Message>(socket, "chat");
  socket.emit("chat", { room, user: "#ff0000", chat: "삐빅" });
  expect(await heard).toMatchObject({ chat: "삐빅", user: answer.you.user });
  socket.disconnect();
  const again = await new Visitor(server.url).connect("/chat", {
    auth: { session: answer.you.session },
  });
  const returned = (await again.emitWithAck("join", { room })) as typeof answer;
  expect(returned.you.user).toBe(answer.you.user);
  again.disconnect();
});

test("a room that is not there refuses a string join in an event", async ({ server }) => {
  const visitor = new Visitor(server.url);
  const socket = await visitor.connect("/chat");
  const refused = next<{ room: string; error: string }>(socket, "refused");
  socket.emit("join", "0123456789abcdef0123456789abcdef");
  expect(await refused).toMatchObject({ error: "not_found" });
  visitor.close();
});
