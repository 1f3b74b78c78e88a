// The name under which a message is sent once, however often it is tried.

/** 128 random bits. `randomUUID` exists in secure contexts only, and a house's own network may have none. */
export function newClientId(source: Crypto = crypto): string {
  if (typeof source.randomUUID === "function") return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
