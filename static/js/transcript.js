/** The words beside a video: a press on one plays from there, and the spoken one is marked. */

import { call } from "./api.js";
import { wordAt } from "./word_times.js";

/**
 * @param {HTMLElement} root the part of the page with the words
 * @param {HTMLVideoElement | null} video
 * @param {string} api address of the video in the API
 */
export function makeTranscript(root, video, api) {
  const list = root.querySelector("[data-cues]");
  if (!list || !video) return;
  let words = wordsOf(list);
  let marked = null;

  function mark() {
    const place = wordAt(words, video.currentTime * 1000);
    const element = place < 0 ? null : words[place].element;
    if (element === marked) return;
    marked?.removeAttribute("aria-current");
    element?.setAttribute("aria-current", "true");
    const line = element?.closest("[data-cue]");
    if (line && line !== marked?.closest("[data-cue]")) bringIntoView(list, line);
    marked = element;
  }

  function playFrom(ms) {
    video.currentTime = ms / 1000;
    video.play().catch(() => {});
  }

  list.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const start =
      target.closest("[data-seek]")?.dataset.seek ?? target.closest("[data-start]")?.dataset.start;
    if (start !== undefined) {
      event.preventDefault();
      playFrom(Number(start));
    }
    const button = target.closest("[data-correct]");
    if (button) {
      correct(root, button.closest("[data-cue]"), api, () => {
        words = wordsOf(list);
      });
    }
  });
  for (const button of list.querySelectorAll("[data-correct]")) button.hidden = false;
  // A frame more exact than `timeupdate`, which comes four times a second.
  const follow = () => {
    mark();
    if (!video.paused && list.isConnected) requestAnimationFrame(follow);
  };
  video.addEventListener("play", follow);
  video.addEventListener("seeked", mark);
}

function wordsOf(list) {
  return [...list.querySelectorAll("[data-start]")].map((element) => ({
    element,
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
  }));
}

/** Scrolls the list only: the page stays where the person has it. */
function bringIntoView(list, line) {
  const top = line.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + line.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTo({ top: top - list.clientHeight / 3, behavior: "smooth" });
  }
}

function correct(root, line, api, onSaved) {
  if (line.querySelector("form")) return;
  const text = line.querySelector("[data-text]");
  const form = root.querySelector("[data-correction]").content.firstElementChild.cloneNode(true);
  const field = form.querySelector("textarea");
  field.value = text.textContent.trim().replace(/\s+/g, " ");
  const close = () => {
    form.remove();
    text.hidden = false;
    line.querySelector("[data-correct]").focus();
  };
  form.querySelector("[data-cancel]").addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const id = Number(line.dataset.cue);
      const answer = await call("PATCH", `${api}transcript/`, { cues: [{ id, text: field.value }] });
      showWords(text, answer.cues.find((cue) => cue.id === id).words);
      onSaved();
      close();
    } catch (error) {
      form.querySelector("[role='alert']").textContent = error.message;
    }
  });
  text.hidden = true;
  text.after(form);
  field.focus();
}

function showWords(text, words) {
  text.replaceChildren(
    ...words.flatMap((word) => {
      const element = document.createElement("span");
      element.className = "word";
      element.dataset.start = word.start_ms;
      element.dataset.end = word.end_ms;
      element.textContent = word.text;
      return [element, " "];
    }),
  );
}
