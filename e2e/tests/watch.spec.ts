// The watch over all pages sees what it is there to see.

import { expect, test } from "../support/fixtures.ts";
import { Watch } from "../support/watch.ts";

test("errors, broken rules, dialogs and foreign requests do not go unseen", async ({
  browser,
  server,
}) => {
  const watch = new Watch(server.url);
  const context = await browser.newContext({ baseURL: server.url });
  await watch.follow(context);
  const page = await context.newPage();
  await page.goto("/");
  expect(watch.problems).toEqual([]);
  await page.evaluate(() => {
    console.error("something broke");
    setTimeout(() => {
      throw new Error("nobody caught this");
    });
    setTimeout(() => alert("look at me"));
    document.body.setAttribute("style", "color: red");
    const picture = document.createElement("img");
    picture.src = "https://pictures.invalid/a.gif";
    document.body.append(picture);
  });
  const frame = await context.newPage();
  await frame.route("https://pictures.invalid/**", (route) => route.abort());
  await frame.goto("https://pictures.invalid/").catch(() => undefined);
  await expect
    .poll(() => watch.problems)
    .toEqual(
      expect.arrayContaining([
        "console error: something broke",
        "page error: nobody caught this",
        "dialog: look at me",
        "console error: policy violation: style-src-attr inline",
        "console error: policy violation: img-src https://pictures.invalid/a.gif",
        "request to another host: https://pictures.invalid/",
      ]),
    );
  await context.close();
});
