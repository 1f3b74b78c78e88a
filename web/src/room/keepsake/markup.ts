// Texts as markup. Whatever people write becomes text, wherever it stands.

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // A parser would turn it into something else.
  "\r": "&#13;",
};

/** The text between tags and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"'\r]/g, (letter) => ESCAPES[letter] ?? letter).replaceAll("\0", "\ufffd");
}

/** What turns the direction of writing does so only within its own bounds. */
export function isolated(text: string): string {
  return `<bdi>${escape(text)}</bdi>`;
}
