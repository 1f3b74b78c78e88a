// What every test has: a server of its own, visitors, and a watch over all their pages.

import { type BrowserContextOptions, type Page, test as base } from "@playwright/test";

import { Server, type Settings } from "./server.ts";
import { Watch } from "./watch.ts";

export { expect } from "@playwright/test";
export type { Locator, Page } from "@playwright/test";

/** What a browser writes to its console while a server cannot be reached. */
export const UNREACHABLE = [
  /net::ERR_(CONNECTION|EMPTY|INTERNET|NETWORK|INCOMPLETE|SOCKET|FAILED)/,
  /WebSocket connection to .* failed/,
  /status of (400|503)/,
];

/** Opens a page of somebody new; each visitor has a browser session of their own. */
export type Arrive = (options?: BrowserContextOptions) => Promise<Page>;

type Fixtures = {
  settings: Settings;
  server: Server;
  watch: Watch;
  arrive: Arrive;
};

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],

  server: async ({ settings }, use, testInfo) => {
    const server = await Server.start(settings);
    await use(server);
    await server.remove();
    await testInfo.attach("server-log", { body: server.log, contentType: "text/plain" });
    base.expect(server.log, "the server's log").not.toMatch(/panicked|ERROR/);
  },

  watch: async ({ server }, use) => {
    const watch = new Watch(server.url);
    await use(watch);
    base.expect(watch.problems, "problems on the pages").toEqual([]);
  },

  arrive: async ({ browser, server, watch }, use) => {
    await use(async (options = {}) => {
      const context = await browser.newContext({
        baseURL: server.url,
        locale: "ko-KR",
        timezoneId: "Asia/Seoul",
        ...options,
      });
      await watch.follow(context);
      return context.newPage();
    });
    for (const context of browser.contexts()) await context.close();
  },
});
