// Rooms that everybody has left: the lobby counts down in the server's time, and anybody can revive them.

import { expectAccessible } from "../support/accessible.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { enterRoom, inRoom, lobbyLine, makeRoom } from "../support/room.ts";

const GRACE_SECONDS = 40;
const TITLE = "곧 닫힐 방";

test.use({ settings: { GIFCHAT_GRACE: `${GRACE_SECONDS}s` } });

async function leaveRoom(page: Page): Promise<void> {
  await page.locator("#leave").click();
  await page.waitForURL("/");
}

function closing(page: Page) {
  return lobbyLine(page, TITLE).locator("[data-slot=closing]");
}

/** How long the page says that the room is still there. */
async function secondsOn(page: Page): Promise<number> {
  await expect(closing(page)).toHaveText(/^\d+초 뒤 사라짐$/);
  return Number.parseInt(await closing(page).innerText(), 10);
}

/** Both pages say the same. On a busy machine two looks may be a second apart, a wrong clock stays wrong. */
async function expectSameSeconds(page: Page, other: Page): Promise<void> {
  const apart = async (): Promise<number> => {
    const [one, two] = await Promise.all([secondsOn(page), secondsOn(other)]);
    // What the server tells is on its way for a moment.
    expect(one).toBeLessThanOrEqual(GRACE_SECONDS + 1);
    return Math.abs(one - two);
  };
  await expect.poll(apart, "seconds between the two").toBeLessThanOrEqual(1);
}

test("anybody can revive a closing room from the lobby", async ({ arrive }) => {
  const [maker, passer, onlooker] = [await arrive(), await arrive(), await arrive()];
  await onlooker.goto("/");
  await makeRoom(maker, { title: TITLE });
  await expect(lobbyLine(onlooker, TITLE).getByRole("link", { name: "입장" })).toBeVisible();
  await leaveRoom(maker);
  await passer.goto("/");
  for (const page of [onlooker, passer, maker]) {
    await expect(lobbyLine(page, TITLE)).toContainText("들어가면 방이 남습니다.");
    await expect(lobbyLine(page, TITLE).getByRole("link")).toHaveText("되살리기");
  }
  await lobbyLine(passer, TITLE).getByRole("link", { name: "되살리기" }).click();
  await inRoom(passer);
  await expect(closing(onlooker)).toBeEmpty();
  await expect(lobbyLine(onlooker, TITLE).getByRole("link")).toHaveText("입장");
  await expect(lobbyLine(onlooker, TITLE)).not.toContainText("들어가면");
});

test("a visitor whose clock is an hour wrong sees the right seconds", async ({ arrive }) => {
  const [maker, right, early, late] = [await arrive(), await arrive(), await arrive(), await arrive()];
  for (const [page, hours] of [[early, -1], [late, 1]] as const) {
    await page.addInitScript((shift) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + shift;
    }, hours * 3_600_000);
  }
  for (const page of [right, early, late]) await page.goto("/");
  await makeRoom(maker, { title: TITLE });
  await leaveRoom(maker);
  // First as it is told live, then as the page brings it.
  for (const page of [early, late]) await expectSameSeconds(page, right);
  for (const page of [early, late]) {
    await page.reload();
    await expectSameSeconds(page, right);
  }
});

test("after a sleep, in which a page's time stands still, the seconds are right again", async ({
  arrive,
}) => {
  const [maker, right, sleeper] = [await arrive(), await arrive(), await arrive()];
  await sleeper.addInitScript(() => {
    const now = performance.now.bind(performance);
    let lost = 0;
    let asleep: number | undefined;
    performance.now = () => (asleep ?? now()) - lost;
    addEventListener("sleep", () => (asleep = now()));
    addEventListener("wake", () => {
      lost += now() - (asleep ?? now());
      asleep = undefined;
    });
  });
  for (const page of [right, sleeper]) await page.goto("/");
  await makeRoom(maker, { title: TITLE });
  await leaveRoom(maker);
  await expectSameSeconds(sleeper, right);
  const before = await secondsOn(right);
  await sleeper.evaluate(() => dispatchEvent(new Event("sleep")));
  await expect.poll(() => secondsOn(right)).toBeLessThanOrEqual(before - 4);
  await sleeper.evaluate(() => dispatchEvent(new Event("wake")));
  await expect.poll(async () => (await secondsOn(sleeper)) - (await secondsOn(right))).toBeLessThan(2);
  await expectSameSeconds(sleeper, right);
});

test("the way back to a lobby shows the seconds of now", async ({ arrive }) => {
  const [maker, right, page] = [await arrive(), await arrive(), await arrive()];
  for (const visitor of [right, page]) await visitor.goto("/");
  await makeRoom(maker, { title: TITLE });
  await leaveRoom(maker);
  const before = await secondsOn(right);
  await page.goto("/room");
  await expect.poll(() => secondsOn(right)).toBeLessThanOrEqual(before - 3);
  await page.goBack();
  await expectSameSeconds(page, right);
});

for (const [colorScheme, viewport] of [
  ["light", { width: 1280, height: 800 }],
  ["dark", { width: 320, height: 640 }],
] as const) {
  test(`a lobby with rooms of every kind is accessible in ${colorScheme}`, async ({ arrive }) => {
    const people = [await arrive(), await arrive(), await arrive()] as const;
    const [closer, full, guest] = people;
    const page = await arrive({ colorScheme, viewport });
    await page.goto("/");
    await makeRoom(closer, { title: TITLE });
    await leaveRoom(closer);
    await enterRoom(guest, await makeRoom(full, { title: "둘만의 방", max: 2 }));
    await makeRoom(closer, { title: "비밀스러운 방", password: "열쇠" });
    for (const words of ["되살리기", "가득 참", "비밀방"]) {
      await expect(page.locator("#rooms tbody").getByText(words, { exact: true })).toBeVisible();
    }
    await expectAccessible(page, "live lobby");
    await page.reload();
    await expect(closing(page)).not.toBeEmpty();
    await expectAccessible(page, "lobby as the server renders it");
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("#rooms td *, #rooms th *")]
        .filter((part) => part.getBoundingClientRect().right > innerWidth)
        .map((part) => part.outerHTML),
    );
    expect(cut).toEqual([]);
    await page.setViewportSize({ width: 360, height: 640 });
    for (const link of await page.locator("#rooms tbody a").all()) {
      const box = await link.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });
}
