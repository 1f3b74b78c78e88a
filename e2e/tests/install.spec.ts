// The site as an app: a manifest and icons that the browser accepts, and nothing that could go stale.

import { expect, test } from "../support/fixtures.ts";

type Manifest = { url: string; errors: unknown[]; data?: string };
type Problems = { installabilityErrors: { errorId: string }[] };

test("the browser would install the site, under its name and with its icons", async ({ arrive }) => {
  for (const [locale, name] of [["ko-KR", "GIF 채팅방"], ["en-GB", "GIF Chat"]] as const) {
    const page = await arrive({ locale });
    await page.goto("/");
    const browser = await page.context().newCDPSession(page);
    const { url, errors, data } = (await browser.send("Page.getAppManifest")) as Manifest;
    expect(new URL(url).pathname).toBe("/manifest.webmanifest");
    expect(errors).toEqual([]);
    expect(JSON.parse(data ?? "{}")).toMatchObject({ name, display: "standalone", start_url: "/" });
    const { installabilityErrors } = (await browser.send(
      "Page.getInstallabilityErrors",
    )) as unknown as Problems;
    // A window without history is what a test has.
    const problems = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
    expect(problems).toEqual([]);
  }
});

test("every icon has the size that the manifest tells", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  const manifest = await (await page.request.get("/manifest.webmanifest")).json();
  for (const { src, sizes } of manifest.icons as { src: string; sizes: string }[]) {
    const size = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== "any") expect(size, src).toBe(sizes);
  }
});

test("no service worker keeps an old site", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  const workers = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).length,
  );
  expect(workers).toBe(0);
});
