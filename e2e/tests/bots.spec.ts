// The bots of examples/bots: both do the same.

import { readFile } from "node:fs/promises";

import { BOTS, Host, test } from "../support/bots.ts";
import { Visitor } from "../support/course.ts";
import { expect } from "../support/fixtures.ts";
import { aliasOf, enterRoom, expectPictures, say } from "../support/room.ts";

const GREETING = /^어서 오세요, .+님! \/ Welcome, .+!/;
const NO_SUCH_GIF = "그런 GIF는 없어요. / I only have: wave-hello, 웃는 고양이";
const LINES_MAX = 60;

test("each bot has less than sixty lines", async () => {
  for (const { name, source } of BOTS) {
    const lines = (await readFile(source, "utf8")).trimEnd().split("\n");
    expect(lines.length, name).toBeLessThan(LINES_MAX);
  }
});

for (const kind of BOTS) {
  test.describe(`the ${kind.name} bot`, () => {
    test.use({ kind });
    test.beforeEach(async ({ bot }) => {
      await bot.keepGif("wave-Hello.gif", 24);
      // As macOS writes Korean names: each letter by itself.
      await bot.keepGif("웃는 고양이.GIF".normalize("NFD"), 32);
      await bot.keepGif("../secret.gif", 40);
    });

    test("greets who comes in, and shows the GIF that is asked for", async ({ host, bot, server, arrive }) => {
      await bot.start(server, host.room);
      const guest = await arrive();
      await enterRoom(guest, `/room/${host.room}`);
      const alias = await aliasOf(guest);
      await expect(guest.locator("#messages")).toContainText(`어서 오세요, ${alias}님!`);
      await say(guest, "/gif 고양이");
      await expectPictures(guest, 1);
      await guest.reload();
      await host.say("/gif hello");
      await expectPictures(guest, 2);
      // Neither the bot, nor who was there before it, nor a reloaded page is greeted.
      expect(await host.heard()).toEqual([expect.stringContaining(alias), "/gif 고양이", 32, 24]);
    });

    test("answers a word with a GIF of its folder and of no other", async ({ host, bot, server }) => {
      await host.say("/gif hello");
      await bot.start(server, host.room);
      for (const word of ["../secret", "secret", "/etc/passwd", "HELLO", "없는 말", "웃는 고양이"]) {
        await host.say(`/gif ${word}`);
      }
      for (const other of ["gif hello", "/gifhello", "say /gif hello", "안녕"]) await host.say(other);
      await host.say("/gif wave");
      const none = [NO_SUCH_GIF, NO_SUCH_GIF, NO_SUCH_GIF];
      await host.expectHeard([...none, 24, NO_SUCH_GIF, 32, 24]);
    });

    test("goes on when the server does not take a file", async ({ host, bot, server }) => {
      await bot.keepFile("broken.gif", Buffer.from("no GIF"));
      await bot.start(server, host.room);
      await host.say("/gif broken");
      await host.say("/gif wave");
      await host.expectHeard([24]);
      expect(bot.complaints).toMatch(/^Entry \d+ has no answer: GIF.+\n$/);
    });

    test("needs the password of a secret room", async ({ bot, server }) => {
      const host = await Host.open(server, "열쇠");
      bot.run(`${server.url}/room/${host.room}`, { ROOM_PASSWORD: "wrong" });
      expect(await bot.ended()).toBe(1);
      expect(bot.complaints).toMatch(/^비밀번호가 .+\n$/);
      await bot.start(server, host.room, { ROOM_PASSWORD: "열쇠" });
      await host.say("/gif wave");
      await host.expectHeard([24]);
      host.close();
    });

    test("is back after a restart of the server, as who it was", async ({ host, bot, server }) => {
      await bot.start(server, host.room);
      await host.say("/gif wave");
      await host.expectHeard([24]);
      await server.stop();
      await server.start();
      await host.say("/gif 고양이");
      await host.expectHeard([24, 32]);
      await bot.arrived(2);
      await host.say("/gif wave");
      await host.expectHeard([24, 32, 24]);
      expect(await host.entries(), "how often the bot came in").toBe(1);
    });

    test("answers what it missed, and nothing twice", async ({ host, bot, server }) => {
      await bot.start(server, host.room);
      const before = await bot.memory(host.room);
      await host.say("/gif wave");
      await host.say("/gif 없는 말");
      await host.expectHeard([24, NO_SUCH_GIF]);
      await bot.kill();
      // More than one answer to a join holds.
      await Promise.all(Array.from({ length: 25 }, () => host.say("가".repeat(4_000))));
      await host.say("/gif 고양이");
      // As if it had been killed between its answers and its note of them.
      await bot.remember(host.room, before);
      await bot.start(server, host.room);
      await host.expectHeard([24, NO_SUCH_GIF, 32]);
      await server.kill();
      await server.start();
      await bot.arrived(3);
      await host.say("/gif wave");
      await host.expectHeard([24, NO_SUCH_GIF, 32, 24]);
      expect(await host.entries(), "how often the bot came in").toBe(1);
    });

    test("leaves what was said before a restored backup", async ({ host, bot, server }) => {
      await bot.start(server, host.room);
      for (const word of ["wave", "wave", "고양이"]) await host.say(`/gif ${word}`);
      await host.expectHeard([24, 24, 32]);
      await server.stop();
      await server.restoreWithout(2);
      await server.start();
      await bot.arrived(2);
      const restored = await host.heard();
      await host.say("/gif 고양이");
      await host.expectHeard([...restored, 32]);
    });

    test("ends when the room is closed, and says so", async ({ host, bot, server }) => {
      await bot.start(server, host.room);
      await host.visitor.ask(`/room/${host.room}`, { method: "DELETE" });
      expect(await bot.ended()).toBe(0);
      expect(bot.complaints).toBe("The room is closed (owner).\n");
      bot.run(`${server.url}/room/${host.room}`);
      expect(await bot.ended()).toBe(1);
      expect(bot.complaints).toMatch(/\n존재하지 않는 방입니다\.\n$/);
    });

    test("ends when it is sent out, and does not greet itself when it is back", async ({ host, bot, server }) => {
      await bot.start(server, host.room);
      const sentOut = await host.sendOut();
      expect(await bot.ended()).toBe(1);
      expect(bot.complaints).toMatch(/^The owner sent this bot out until \d{4}-\S+Z\.\n$/);
      await host.letBackIn(sentOut);
      await bot.start(server, host.room);
      await host.say("/gif wave");
      await host.expectHeard([24]);
      expect(await host.entries(), "how often the bot came in").toBe(2);
    });

    test("says how it is started", async ({ bot, server }) => {
      bot.run(server.url);
      expect(await bot.ended()).toBe(2);
      expect(bot.complaints).toMatch(/^usage: .+\n$/);
    });

    test.describe("in a room where it may say one thing a second", () => {
      test.use({ settings: { GIFCHAT_MESSAGES_BURST: "1" } });

      test("waits, and greets everybody", async ({ host, bot, server }) => {
        await bot.start(server, host.room);
        const guests = [1, 2, 3].map(() => new Visitor(server.url));
        await Promise.all(guests.map(async (guest) => {
          const socket = await guest.connect("/chat");
          await socket.emitWithAck("join", { room: host.room });
        }));
        const greetings = guests.map(() => expect.stringMatching(GREETING));
        await host.expectHeard(greetings);
        expect(new Set(await host.heard()).size, "different people").toBe(guests.length);
        for (const guest of guests) guest.close();
      });
    });
  });
}
