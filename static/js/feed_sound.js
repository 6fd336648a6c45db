/** Playing with or without sound: muted until the person asks for sound, which is remembered. */

import { preference, remember } from "./preferences.js";

/** @returns {boolean} */
export function wantsSound() {
  return preference("sound", "off") === "on";
}

/**
 * Choose sound for all players at once: browsers allow it for elements that were touched in the same press.
 * @param {HTMLVideoElement[]} videos
 * @param {boolean} isOn
 */
export function chooseSound(videos, isOn) {
  remember("sound", isOn ? "on" : "off");
  for (const video of videos) video.muted = !isOn;
}

/**
 * Play with the sound that was chosen; muted where the browser refuses sound before a first press.
 * @param {HTMLVideoElement} video
 * @returns {Promise<boolean>} false: the browser refuses to play at all without a press
 */
export async function playAsChosen(video) {
  video.muted = !wantsSound();
  return playSomehow(video);
}

/**
 * Play, if need be without sound: browsers refuse sound before a first press.
 * @param {HTMLVideoElement} video
 * @returns {Promise<boolean>} false: the browser refuses to play at all without a press
 */
export async function playSomehow(video) {
  if (await tryToPlay(video)) return true;
  if (video.muted) return false;
  video.muted = true;
  return tryToPlay(video);
}

/** Anything but a refusal, such as being paused again at once, is not a reason to ask for a press. */
async function tryToPlay(video) {
  try {
    await video.play();
    return true;
  } catch (error) {
    return error.name !== "NotAllowedError";
  }
}
