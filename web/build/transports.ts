// The official client can also speak WebTransport, which our server does not offer: that part would only
// weigh. Without it the client leaves it out of what it tries.

import type { Plugin } from "vite";

export function noWebTransport(): Plugin {
  return {
    name: "no-web-transport",
    enforce: "pre",
    load: {
      filter: { id: /engine\.io-client\/.*\/transports\/webtransport\.js$/ },
      handler: () => "export const WT = undefined;",
    },
  };
}
