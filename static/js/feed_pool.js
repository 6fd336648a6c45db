/** The feed's three <video> elements. They are used again and again: phones have few decoders, and the sound that a
 * person allowed for an element stays allowed. */

import { assign, PLAYERS_MAX, windowAround } from "./feed_window.js";
import { attach, setCaptions } from "./player.js";

/**
 * @typedef {object} Slot
 * @property {HTMLVideoElement} video
 * @property {string | null} name the item it plays
 * @property {import("./player.js").Player | null} player
 */

/**
 * @param {{onFailure: (item: HTMLElement) => void}} options
 */
export function makePool({ onFailure }) {
  /** @type {Slot[]} */
  const slots = Array.from({ length: PLAYERS_MAX }, () => ({ video: newVideo(), name: null, player: null }));
  let turns = 0;

  /**
   * Give players to the items around a place; the neighbours wait until the current one has its first picture.
   * @param {HTMLElement[]} items
   * @param {number} place
   * @returns {HTMLVideoElement | null} that of the current item
   */
  function show(items, place) {
    const turn = ++turns;
    const { previous, current, next } = windowAround(place, items.length);
    const wanted = [current, next, previous].filter((at) => at !== null).map((at) => items[at]);
    const playable = wanted.filter((item) => item.dataset.playlist);
    keepOnly(playable);
    const slot = fill(items[current], "current");
    const others = playable.filter((item) => item !== items[current]);
    const fillOthers = () => {
      if (turn === turns) for (const item of others) fill(item, "waiting");
    };
    if (!slot || slot.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) fillOthers();
    else slot.video.addEventListener("loadeddata", fillOthers, { once: true });
    return slot?.video ?? null;
  }

  function keepOnly(items) {
    const names = items.map((item) => item.dataset.item);
    const holders = assign(
      slots.map((slot) => slot.name),
      names,
    );
    for (const [at, slot] of slots.entries()) {
      if (slot.name !== null && slot.name !== holders[at]) empty(slot);
    }
  }

  function fill(item, role) {
    if (!item.dataset.playlist) return null;
    const name = item.dataset.item;
    const slot = slots.find((one) => one.name === name) ?? slots.find((one) => one.name === null);
    if (!slot) return null;
    if (slot.name === name) {
      slot.player.setRole(role);
      return slot;
    }
    slot.name = name;
    slot.video.classList.remove("is-shown");
    slot.video.setAttribute("aria-label", item.dataset.title);
    item.querySelector(".item-tap").before(slot.video);
    slot.player = attach(slot.video, sourceOf(item), { role, onFailure: () => onFailure(item) });
    setCaptions(slot.video, "hidden");
    return slot;
  }

  function empty(slot) {
    slot.player?.destroy();
    slot.video.remove();
    slot.player = slot.name = null;
  }

  /**
   * Take the player of an item away, so that it can be tried anew.
   * @param {HTMLElement} item
   */
  function drop(item) {
    const slot = slots.find((one) => one.name === item.dataset.item);
    if (slot) empty(slot);
  }

  return { show, drop, videos: slots.map((slot) => slot.video) };
}

function newVideo() {
  const video = document.createElement("video");
  video.className = "item-video";
  video.playsInline = true;
  video.loop = true;
  video.muted = true;
  video.disableRemotePlayback = true;
  // Until there is a picture the poster below is seen: no black flash.
  for (const event of ["loadeddata", "playing"]) {
    video.addEventListener(event, () => video.classList.add("is-shown"));
  }
  return video;
}

function sourceOf(item) {
  const { playlist, fallback, captionsUrl, captionsLanguage } = item.dataset;
  const captions = captionsUrl ? [{ url: captionsUrl, language: captionsLanguage }] : [];
  return { playlist, fallback, captions };
}
