/** What one item of the feed shows while it is played: position, captions, whether it is paused or muted. */

import { clock } from "./format.js";
import { changeIcon } from "./icons.js";
import { preference, showsCaptions } from "./preferences.js";

/** Pictures of this ratio and narrower fill a phone's screen; a little is cut off at the sides. */
const FILLS_BELOW = 0.66;

/**
 * Take an item over from the plain page: its own <video> goes, its controls come.
 * @param {HTMLElement} item
 */
export function adopt(item) {
  item.classList.add("is-scripted");
  item.querySelector("video")?.remove();
  const { width, height } = item.dataset;
  const ratio = Number(width) / Number(height);
  if (ratio > 0) {
    item.style.setProperty("--ratio", String(ratio));
    item.classList.toggle("is-filling", ratio < FILLS_BELOW);
  }
  const isPlayable = Boolean(item.dataset.playlist);
  for (const part of item.querySelectorAll(".item-tap, .item-sound, .item-time, [data-action='captions']")) {
    part.hidden = !isPlayable;
  }
  item.querySelector("[data-action='share']").hidden = false;
}

function showPosition(item, video) {
  const seek = item.querySelector(".item-seek");
  const ms = Math.round(video.currentTime * 1000);
  if (!seek.matches(":active")) seek.value = String(ms);
  seek.style.setProperty("--done", `${(100 * ms) / Math.max(1, Number(seek.max))}%`);
  seek.setAttribute("aria-valuetext", `${clock(ms)} of ${clock(Number(seek.max))}`);
  item.querySelector("[data-position]").textContent = clock(ms);
}

/** The browser knows the length better than the page once the video is loaded. */
function showLength(item, video) {
  if (Number.isFinite(video.duration))
    item.querySelector(".item-seek").max = String(Math.round(video.duration * 1000));
}

/**
 * @param {HTMLElement} item
 * @param {HTMLVideoElement} video
 * @param {boolean} isPausedByPerson
 */
export function showPaused(item, video, isPausedByPerson) {
  item.classList.toggle("is-paused", video.paused && isPausedByPerson);
  item.querySelector(".item-tap").setAttribute("aria-label", video.paused ? "Play" : "Pause");
}

/**
 * @param {HTMLElement} item
 * @param {boolean} isMuted
 */
export function showSound(item, isMuted) {
  const button = item.querySelector(".item-sound");
  changeIcon(button, isMuted ? "muted" : "sound");
  const words = button.querySelector("span");
  words.textContent = isMuted ? "Turn sound on" : "Turn sound off";
  words.classList.toggle("visually-hidden", !isMuted);
}

/**
 * Write the words that are spoken now, if captions are wanted.
 * @param {HTMLElement} item
 * @param {HTMLVideoElement} video
 */
export function showCaptions(item, video) {
  const isShown = showsCaptions(preference("captions", "auto"), video.muted);
  const line = item.querySelector("[data-captions]");
  const cues = [...(video.textTracks[0]?.activeCues ?? [])];
  line.textContent = isShown ? cues.map((cue) => cue.getCueAsHTML().textContent).join(" ") : "";
  line.parentElement.hidden = line.textContent === "";
  const button = item.querySelector("button[data-action='captions']");
  if (button) {
    button.setAttribute("aria-pressed", String(isShown));
    changeIcon(button, isShown ? "captions" : "captions-off");
  }
}

/**
 * Keep an item in step with the <video> that it holds at the time.
 * @param {HTMLVideoElement} video
 * @param {{isPausedByHand: () => boolean, onTime: (item: HTMLElement, video: HTMLVideoElement) => void}} options
 */
export function reportState(video, { isPausedByHand, onTime }) {
  const on = (names, show) => {
    for (const name of names) {
      video.addEventListener(name, () => {
        const item = video.closest("[data-item]");
        if (item) show(item);
      });
    }
  };
  on(["timeupdate", "seeking"], (item) => {
    showPosition(item, video);
    onTime(item, video);
  });
  on(["durationchange"], (item) => showLength(item, video));
  on(["play", "pause"], (item) => showPaused(item, video, isPausedByHand()));
  on(["waiting"], (item) => item.classList.add("is-waiting"));
  on(["playing", "pause", "emptied"], (item) => item.classList.remove("is-waiting"));
  video.textTracks.addEventListener("addtrack", ({ track }) => {
    track.addEventListener("cuechange", () => {
      const item = video.closest("[data-item]");
      if (item) showCaptions(item, video);
    });
  });
}

/**
 * A heart that flies up where somebody pressed twice.
 * @param {HTMLElement} item
 */
export function burst(item) {
  item.classList.remove("is-liked-now");
  // Reading a size lets the animation begin anew.
  void item.offsetWidth;
  item.classList.add("is-liked-now");
}
