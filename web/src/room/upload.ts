// One GIF on its way to the server. XMLHttpRequest, because fetch reports no upload progress.

import type { Failure } from "../wire.ts";
import type { Outcome } from "./retry.ts";

/** A request that says nothing for so long, neither progress nor an answer, is given up. */
const SILENCE_MS_MAX = 30_000;

export type Upload = { outcome: Promise<Outcome>; cancel: () => void };

export type UploadOrder = {
  room: string;
  file: Blob;
  clientId: string;
  /** From 0 to 1, as the bytes leave. */
  progress: (share: number) => void;
};

export function upload(order: UploadOrder): Upload {
  const request = new XMLHttpRequest();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => request.abort(), SILENCE_MS_MAX);
  };
  const outcome = new Promise<Outcome>((resolve) => {
    request.upload.addEventListener("progress", (event) => {
      listen();
      if (event.lengthComputable) order.progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(outcomeOf(request.status, request.response)));
    request.addEventListener("error", () => resolve({ kind: "unanswered" }));
    request.addEventListener("abort", () => resolve({ kind: "unanswered" }));
    request.addEventListener("loadend", () => clearTimeout(silence));
  });
  const form = new FormData();
  form.append("gif", order.file);
  request.open("POST", `/room/${encodeURIComponent(order.room)}/gif`);
  request.setRequestHeader("Accept", "application/json");
  // The same name on a retry: the server then answers as it did the first time.
  request.setRequestHeader("Idempotency-Key", order.clientId);
  request.responseType = "text";
  listen();
  request.send(form);
  return { outcome, cancel: () => request.abort() };
}

export function outcomeOf(status: number, body: string): Outcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  try {
    const failure = JSON.parse(body) as Partial<Failure> | null;
    if (typeof failure?.message === "string") {
      const { error = "", message, retryAfterMs } = failure;
      const pace = typeof retryAfterMs === "number" ? { retryAfterMs } : {};
      return { kind: "refused", refusal: { error, message, ...pace } };
    }
  } catch {
    // A proxy's own page: there is no sentence in it for the reader.
  }
  return { kind: "unanswered" };
}
