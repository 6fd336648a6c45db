/** Keeps the screen on while something goes on that the person waits for. */

let isWanted = false;
let lock = null;

/** @param {boolean} wanted */
export async function keepScreenOn(wanted) {
  isWanted = wanted;
  if (!wanted) {
    await lock?.release();
    lock = null;
    return;
  }
  try {
    // The browser takes it back whenever the page is hidden.
    if (!lock || lock.released) lock = await navigator.wakeLock.request("screen");
  } catch {
    // Not supported, or the battery is low: the screen then goes off as usual.
  }
}

export function keepScreenOnAfterReturn() {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isWanted) keepScreenOn(true);
  });
}
