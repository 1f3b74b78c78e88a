// What must not happen on any page in any test: errors, broken rules, dialogs, foreign requests.

import type { BrowserContext, Page } from "@playwright/test";

/** Addresses that a page makes by itself and that reach nobody. */
const LOCAL_SCHEMES = new Set(["blob:", "about:"]);

export class Watch {
  readonly #origins: Set<string>;
  readonly #expected: RegExp[] = [];
  readonly #seen: string[] = [];

  constructor(origin: string) {
    this.#origins = new Set([new URL(origin).host]);
  }

  /** This test brings about a console message like this one itself. */
  expect(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** Another door to the same server. */
  allowHost(host: string): void {
    this.#origins.add(host);
  }

  get problems(): string[] {
    return this.#seen.filter((line) => !this.#expected.some((pattern) => pattern.test(line)));
  }

  async follow(context: BrowserContext): Promise<void> {
    context.on("page", (page) => this.#followPage(page));
    context.on("request", (request) => this.#address(request.url()));
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.#note(`console ${message.type()}: ${message.text()}`);
      }
    });
    context.on("weberror", (error) => this.#note(`page error: ${error.error().message}`));
    context.on("dialog", (dialog) => {
      this.#note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violation: ${event.effectiveDirective} ${event.blockedURI}`);
      });
    });
  }

  #followPage(page: Page): void {
    page.on("websocket", (socket) => this.#address(socket.url()));
    page.on("crash", () => this.#note("the page crashed"));
  }

  #address(address: string): void {
    const { host, protocol } = new URL(address);
    if (!this.#origins.has(host) && !LOCAL_SCHEMES.has(protocol)) {
      this.#note(`request to another host: ${address}`);
    }
  }

  #note(line: string): void {
    this.#seen.push(line);
  }
}
