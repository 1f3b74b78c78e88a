// Every wait of the tests ends: what does not come in this time is itself an observation.
export const DEADLINE_MS = 8_000;

/** `promise`, or an error that names what was waited for. */
export async function within(promise, what, milliseconds = DEADLINE_MS) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Lets time pass: only for scenarios whose subject is silence, or a moment of the server that no
 * packet shows.
 */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
