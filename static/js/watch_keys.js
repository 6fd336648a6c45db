/** Keys of the page of a video. */

import { makeKeySheet, pressedAction } from "./key_help.js";
import { WATCH_KEYS } from "./keys.js";
import { toast } from "./toast.js";

const ARROW_S = 5;
const LETTER_S = 10;

/**
 * @param {() => HTMLVideoElement | null} currentVideo
 * @returns {() => void} opens the sheet that explains the keys
 */
export function takeKeys(currentVideo) {
  const sheet = makeKeySheet(document.getElementById("help-sheet"));
  const help = () => sheet.showModal();
  document.addEventListener("keydown", (event) => {
    const name = pressedAction(event, WATCH_KEYS);
    const video = currentVideo();
    if (!name || (name !== "help" && !video)) return;
    event.preventDefault();
    const actions = { ...ACTIONS, help };
    actions[name](video, event.key.startsWith("Arrow") ? ARROW_S : LETTER_S);
  });
  return help;
}

/** @type {Record<string, (video: HTMLVideoElement, seconds: number) => void>} */
const ACTIONS = {
  pause: (video) => (video.paused ? video.play().catch(() => {}) : video.pause()),
  back: (video, seconds) => seekBy(video, -seconds),
  forward: seekBy,
  mute: (video) => {
    video.muted = !video.muted;
  },
  fullscreen: toggleFullscreen,
  captions: toggleCaptions,
};

function seekBy(video, seconds) {
  video.currentTime = Math.min(Math.max(0, video.currentTime + seconds), video.duration || 0);
}

function toggleFullscreen(video) {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (video.requestFullscreen) video.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.(); // iPhones know no other way
}

function toggleCaptions(video) {
  const tracks = [...video.textTracks];
  if (!tracks.length) return toast("This video has no captions");
  const isShown = tracks.some((track) => track.mode === "showing");
  for (const track of tracks) track.mode = isShown ? "hidden" : "showing";
}
