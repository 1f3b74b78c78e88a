// One GIF on its way to the server. XMLHttpRequest, because fetch reports no upload progress.

import type { Failure } from "../wire.ts";

export type UploadOutcome =
  | { kind: "sent" }
  | { kind: "refused"; message: string }
  | { kind: "unanswered" }
  | { kind: "cancelled" };

export type Upload = { outcome: Promise<UploadOutcome>; cancel: () => void };

export type UploadOrder = {
  room: string;
  file: File;
  clientId: string;
  /** From 0 to 1, as the bytes leave. */
  progress: (share: number) => void;
};

export function upload(order: UploadOrder): Upload {
  const request = new XMLHttpRequest();
  const outcome = new Promise<UploadOutcome>((resolve) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) order.progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(outcomeOf(request.status, request.response)));
    request.addEventListener("error", () => resolve({ kind: "unanswered" }));
    request.addEventListener("timeout", () => resolve({ kind: "unanswered" }));
    request.addEventListener("abort", () => resolve({ kind: "cancelled" }));
  });
  const form = new FormData();
  form.append("gif", order.file);
  request.open("POST", `/room/${encodeURIComponent(order.room)}/gif`);
  request.setRequestHeader("Accept", "application/json");
  // The same name on a retry: the server then answers as it did the first time.
  request.setRequestHeader("Idempotency-Key", order.clientId);
  request.responseType = "text";
  request.send(form);
  return { outcome, cancel: () => request.abort() };
}

export function outcomeOf(status: number, body: string): UploadOutcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  try {
    const failure = JSON.parse(body) as Partial<Failure> | null;
    if (typeof failure?.message === "string") {
      return { kind: "refused", message: failure.message };
    }
  } catch {
    // A proxy's own page: there is no sentence in it for the reader.
  }
  return { kind: "unanswered" };
}
