// Lets somebody in who came with an invitation, instead of asking for the password.

import { showProblem } from "./checks.ts";

/** A server that has not answered by then will hardly do so. */
const ANSWER_MS_MAX = 15_000;

/** Shows that it is asked for, and asks; says why when it is refused, and leaves the form as it is. */
export async function enterWith(invitation: string, form: HTMLFormElement): Promise<void> {
  const state = form.querySelector<HTMLElement>("#invitation-state");
  const field = form.querySelector<HTMLInputElement>("input");
  if (!state || !field) return;
  state.textContent = state.dataset["checking"] ?? "";
  const problem = await refusalOf(invitation, form.action, state.dataset["noAnswer"] ?? "");
  if (problem === undefined) {
    location.replace(location.href);
    return;
  }
  state.textContent = "";
  document.getElementById(`${field.id}-error`)?.setAttribute("role", "alert");
  showProblem(field, problem);
  field.focus();
}

/** Why the server does not let one in; nothing when it does. */
async function refusalOf(
  invitation: string,
  address: string,
  unanswered: string,
): Promise<string | undefined> {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ invitation }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (answer.ok) return undefined;
    const { message } = (await answer.json()) as { message?: string };
    return message ?? unanswered;
  } catch {
    return unanswered;
  }
}
