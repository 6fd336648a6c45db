/** The feed: one video a screen, the visible one plays. */

import { makeComments } from "./comments.js";
import { makeSheet } from "./dialogs.js";
import { adopt, burst, reportState, showCaptions, showPaused, showSound } from "./feed_item.js";
import { makePages } from "./feed_pages.js";
import { makePool } from "./feed_pool.js";
import { chooseSound, playAsChosen, wantsSound } from "./feed_sound.js";
import { makeViewCounter } from "./feed_views.js";
import { makeKeySheet, pressedAction } from "./key_help.js";
import { FEED_KEYS } from "./keys.js";
import { wantsStillness } from "./motion.js";
import { preference, remember, showsCaptions } from "./preferences.js";
import { makePress } from "./press.js";
import { setLiked, share } from "./reactions.js";
import { showReplies } from "./replies.js";
import { toast } from "./toast.js";

const VISIBLE = 0.6;
const SEEK_S = 5;

const feed = document.querySelector("[data-feed]");
const sheets = {
  comments: makeSheet(document.getElementById("comments-sheet")),
  replies: makeSheet(document.getElementById("replies-sheet")),
  help: makeKeySheet(document.getElementById("help-sheet")),
};
const comments = makeComments(sheets.comments.querySelector("[data-comments]"));
const pool = makePool({ onFailure: showFailure });
const countView = makeViewCounter();
const loadMore = makePages(feed, takeOver);
const press = makePress({
  once: togglePause,
  twice(item) {
    like(item, true);
    burst(item);
  },
});
/** Screens in order: the videos, then the end. */
let items = [];
let current = null;
/** Where the feed is scrolling to: keys pressed meanwhile count from there. */
let aim = null;
let isPausedByPerson = false;

const observer = new IntersectionObserver(
  (entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (seen && seen.target !== current) moveTo(seen.target);
  },
  { root: feed, threshold: VISIBLE },
);

function takeOver() {
  for (const item of feed.querySelectorAll("[data-item]:not(.is-scripted)")) {
    adopt(item);
    observer.observe(item);
  }
  const end = feed.querySelector("[data-end]");
  if (end) observer.observe(end);
  items = [...feed.querySelectorAll("[data-item]")];
  // The neighbours of the current item may be new.
  if (current) pool.show(items, Math.max(0, items.indexOf(current)));
}

function currentVideo() {
  return current?.querySelector("video") ?? null;
}

function moveTo(item) {
  currentVideo()?.pause();
  current = item;
  if (item === aim) aim = null;
  isPausedByPerson = wantsStillness();
  // Who has the keyboard in an item that went out of sight takes it along; other places keep it.
  if (feed.contains(document.activeElement)) takeFocus(item);
  const place = items.indexOf(item);
  if (place < 0) return;
  const video = pool.show(items, place);
  if (video && isPausedByPerson) showHeld(item, video);
  else if (video) play();
  loadMore(place, items.length);
}

/** The next Tab goes on from here. */
function takeFocus(item) {
  if (!item.contains(document.activeElement)) item.focus({ preventScroll: true });
}

/** Nothing plays before the person asks for it. */
function showHeld(item, video) {
  showSound(item, !wantsSound());
  showPaused(item, video, true);
}

async function play() {
  const item = current;
  const video = currentVideo();
  if (!video) return;
  const isAllowed = await playAsChosen(video);
  if (item !== current) {
    video.pause();
    return;
  }
  if (!isAllowed) isPausedByPerson = true;
  showSound(item, video.muted);
  showPaused(item, video, isPausedByPerson);
  showCaptions(item, video);
}

function showFailure(item) {
  const state = document.createElement("p");
  state.className = "item-state";
  const retry = document.createElement("button");
  retry.className = "button";
  retry.type = "button";
  retry.textContent = "Try again";
  retry.addEventListener("click", () => {
    state.remove();
    pool.drop(item);
    if (item === current) moveTo(item);
  });
  state.append("This video cannot be played right now. ", retry);
  item.querySelector(".item-state")?.remove();
  item.querySelector(".item-frame").append(state);
}

function togglePause() {
  const video = currentVideo();
  if (!video) return;
  isPausedByPerson = !video.paused;
  if (video.paused) play();
  else video.pause();
}

function like(item, wanted) {
  const button = item.querySelector("[data-action='like']");
  if (button.tagName === "A") toast("Log in to like videos");
  else setLiked(item, button, item.dataset.api, wanted ?? button.getAttribute("aria-pressed") !== "true");
}

function toggleSound() {
  const video = currentVideo();
  if (!video) return;
  chooseSound(pool.videos, video.muted);
  if (!isPausedByPerson) play();
  showSound(current, video.muted);
  showCaptions(current, video);
}

function toggleCaptions() {
  const video = currentVideo();
  if (!video) return;
  if (!video.textTracks.length) return toast("This video has no captions");
  const isShown = showsCaptions(preference("captions", "auto"), video.muted);
  remember("captions", isShown ? "off" : "on");
  showCaptions(current, video);
}

function step(change) {
  const screens = [...feed.querySelectorAll(".item")];
  const next = screens[screens.indexOf(aim ?? current) + change];
  if (!next) return;
  aim = next;
  aim.scrollIntoView({ block: "start", behavior: wantsStillness() ? "auto" : "smooth" });
}

function seekBy(seconds) {
  const video = currentVideo();
  if (video) video.currentTime = Math.min(Math.max(0, video.currentTime + seconds), video.duration || 0);
}

function openComments(item) {
  comments.show(item.dataset.api, item);
  sheets.comments.showModal();
}

function openReplies(item) {
  showReplies(sheets.replies, item.dataset.api, item.querySelector("[data-action='reply']").href);
  sheets.replies.showModal();
}

/** What each action does; true means that the browser shall do what it does by itself. */
const ACTIONS = {
  next: () => step(1),
  previous: () => step(-1),
  pause: togglePause,
  back: () => seekBy(-SEEK_S),
  forward: () => seekBy(SEEK_S),
  mute: toggleSound,
  captions: toggleCaptions,
  like: (item) => like(item),
  comments: openComments,
  replies: openReplies,
  share: (item) => share(item, item.dataset),
  reply: (item) => location.assign(item.querySelector("[data-action='reply']").href),
  help: () => sheets.help.showModal(),
};
const NEED_NO_ITEM = new Set(["next", "previous", "help"]);

function act(name, item) {
  if (NEED_NO_ITEM.has(name) || item?.dataset.item) ACTIONS[name](item);
}

function onClick(event) {
  const target = event.target.closest("[data-action]");
  const item = target?.closest("[data-item]") ?? current;
  if (event.target.closest("[data-to-top]")) {
    event.preventDefault();
    feed.scrollTo({ top: 0 });
  }
  if (!target || event.ctrlKey || event.metaKey) return;
  const name = target.dataset.action;
  // Links that lead somewhere else are followed.
  if (name === "reply" || (name === "like" && target.tagName === "A")) return;
  event.preventDefault();
  if (target.matches(".item-tap") && event.detail > 0) press(item);
  else act(name, item);
}

function onKey(event) {
  const name = pressedAction(event, FEED_KEYS);
  if (!name) return;
  event.preventDefault();
  act(name, current);
  if (aim && (name === "next" || name === "previous")) takeFocus(aim);
}

function onSeek(event) {
  if (!event.target.matches(".item-seek")) return;
  const video = event.target.closest("[data-item]").querySelector("video");
  if (video) video.currentTime = Number(event.target.value) / 1000;
}

function countWatching(item, video) {
  if (item === current && !video.paused) countView(item.dataset.item, item.dataset.api, video.currentTime);
}

function onVisibility() {
  const video = currentVideo();
  if (!video) return;
  if (document.hidden) video.pause();
  else if (!isPausedByPerson) play();
}

const isPausedByHand = () => isPausedByPerson;
for (const video of pool.videos) reportState(video, { isPausedByHand, onTime: countWatching });
document.querySelector("[data-feed-steps]").hidden = false;
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", onVisibility);
feed.addEventListener("input", onSeek);
feed.addEventListener("scrollend", () => {
  aim = null;
});
takeOver();
