// Spares the reader the loading of the page when a choice is made in the menu: a theme is there at once,
// in every open tab. Without this script the menu is a form that the server answers.

type Choice = { name: string; value: string };

const root = document.documentElement;
const problem = document.getElementById("settings-problem");
/** What the browser's own bar is coloured with where the system is light, and where it is dark. */
const bars = [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")];
const tabs = new BroadcastChannel("gifchat-theme");

function showTheme(theme: string): void {
  const fixed = theme === "light" || theme === "dark" ? theme : undefined;
  if (fixed) root.dataset["theme"] = fixed;
  else delete root.dataset["theme"];
  const chosen = bars.find((bar) => fixed && bar.media.includes(fixed));
  for (const bar of bars) bar.content = (chosen ?? bar).dataset["colour"] ?? "";
  for (const button of document.querySelectorAll<HTMLButtonElement>("#settings [name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === (fixed ?? "auto")));
  }
}

/** Whether the server has it now, for all pages to come. */
async function isKept({ name, value }: Choice): Promise<boolean> {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const body = JSON.stringify({ [name]: value });
  try {
    return (await fetch("/preferences", { method: "POST", headers, body })).ok;
  } catch {
    return false;
  }
}

async function choose(choice: Choice): Promise<void> {
  if (choice.name === "theme") {
    showTheme(choice.value);
    tabs.postMessage(choice.value);
  }
  const kept = await isKept(choice);
  // The role comes with the sentence, so that it is read out.
  if (problem) Object.assign(problem, { hidden: kept, role: kept ? null : "alert" });
  if (kept && choice.name === "language") location.reload();
}

tabs.addEventListener("message", ({ data }: MessageEvent<string>) => showTheme(data));
document.querySelector<HTMLFormElement>("#settings form")?.addEventListener("submit", (event) => {
  if (!(event.submitter instanceof HTMLButtonElement)) return;
  event.preventDefault();
  void choose(event.submitter);
});
