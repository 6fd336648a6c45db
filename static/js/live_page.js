/** Keeps a page up to date while the work on its video goes on. */

import { call, fetchPage } from "./api.js";
import { stageOf, stepWords } from "./step_words.js";

const PAUSE_MS = 1200;
const LONG_PAUSE_MS = 6000;
const UNFINISHED = new Set(["processing", "playable"]);

/**
 * Ask for the state of the video until the work ends.
 * @param {HTMLElement} root
 * @param {(changed: HTMLElement[]) => void} onChange told which parts of the page were replaced
 */
export function keepUpToDate(root, onChange) {
  if (!UNFINISHED.has(root.dataset.state)) return;
  let stage = "";

  async function look() {
    let pause = PAUSE_MS;
    try {
      const video = await call("GET", root.dataset.api);
      showSteps(root, video.steps);
      const changed = stageOf(video);
      if (stage !== changed) {
        onChange(await replaceParts(root));
        stage = changed;
      }
      root.dataset.state = video.state;
    } catch (error) {
      // A deleted video does not come back; anything else may.
      if (error.status === 404) return;
      pause = LONG_PAUSE_MS;
    }
    if (UNFINISHED.has(root.dataset.state)) setTimeout(look, document.hidden ? LONG_PAUSE_MS : pause);
  }

  setTimeout(look, PAUSE_MS);
}

function showSteps(root, steps) {
  for (const step of steps) {
    const row = root.querySelector(`[data-step="${step.kind}"]`);
    if (!row) continue;
    row.className = `step is-${step.state}`;
    row.querySelector("[data-step-words]").textContent = stepWords(step);
    const progress = row.querySelector("progress");
    progress.value = step.progress;
    progress.hidden = step.state !== "running" || !step.progress;
  }
}

/** Take over the parts of a freshly loaded page whose state is another one; a playing video stays. */
async function replaceParts(root) {
  const page = new DOMParser().parseFromString(await fetchPage(location.pathname), "text/html");
  const changed = [];
  for (const old of root.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || fresh.dataset.live === old.dataset.live) continue;
    const imported = document.importNode(fresh, true);
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(imported);
    if (hadFocus) {
      // The next Tab goes on from here and not from the top of the page.
      imported.tabIndex = -1;
      imported.focus({ preventScroll: true });
    }
    changed.push(imported);
  }
  return changed;
}
