/** The page of one video. */

import { makeComments } from "./comments.js";
import { playSomehow } from "./feed_sound.js";
import { makeViewCounter } from "./feed_views.js";
import { keepUpToDate } from "./live_page.js";
import { takeMoreReplies } from "./more_replies.js";
import { attach, release, setCaptions } from "./player.js";
import { preference, remember } from "./preferences.js";
import { setLiked, share } from "./reactions.js";
import { makeTranscript } from "./transcript.js";
import { takeKeys } from "./watch_keys.js";

const root = document.querySelector("[data-watch]");
const { api } = root.dataset;
/** @type {import("./player.js").Player | null} */
let player = null;
/** Links that say "watch" end in #play: somebody asked. The address that is copied or loaded again does not. */
let isAsked = location.hash === "#play";
if (isAsked) history.replaceState(history.state, "", location.pathname + location.search);

function currentVideo() {
  return root.querySelector("#player video");
}

/** Take the plain <video> over: from the same place, by the best way there is. */
function takePlayer() {
  const video = currentVideo();
  if (!video) return;
  player?.destroy();
  const { playlist, fallback, captionsUrl, captionsLanguage } = root.querySelector("#player").dataset;
  const captions = captionsUrl ? [{ url: captionsUrl, language: captionsLanguage }] : [];
  const { currentTime, paused } = video;
  release(video);
  player = attach(video, { playlist, fallback, captions }, { onFailure: () => showFailure(video) });
  if (currentTime) video.currentTime = currentTime;
  if (!paused || isAsked) playSomehow(video);
  isAsked = false;
  rememberCaptions(video);
  const countView = makeViewCounter();
  video.addEventListener("timeupdate", () => {
    if (!video.paused) countView(api, api, video.currentTime);
  });
}

function rememberCaptions(video) {
  setCaptions(video, preference("captions", "auto") === "on" ? "showing" : "hidden");
  let isShown = isShowing(video);
  video.textTracks.addEventListener("change", () => {
    if (isShown === isShowing(video)) return;
    isShown = !isShown;
    remember("captions", isShown ? "on" : "off");
  });
}

function isShowing(video) {
  return [...video.textTracks].some((track) => track.mode === "showing");
}

function showFailure(video) {
  const text = document.createElement("p");
  text.className = "watch-waiting";
  text.textContent = "This video cannot be played right now. Load the page again to retry.";
  video.replaceWith(text);
}

function takeWords() {
  makeTranscript(root.querySelector("#words"), currentVideo(), api);
}

/** New captions for a video that plays already. */
function addCaptions() {
  const video = currentVideo();
  if (!video || video.textTracks.length) return;
  const fresh = root.querySelector("#words [data-cues]");
  if (!fresh) return;
  const track = document.createElement("track");
  Object.assign(track, {
    kind: "subtitles",
    label: "Captions",
    srclang: fresh.lang,
    src: `${api}captions.vtt`,
  });
  video.append(track);
  rememberCaptions(video);
}

function onChange(parts) {
  showScripted();
  if (parts.some((part) => part.id === "player")) takePlayer();
  if (parts.some((part) => part.id === "player" || part.id === "words")) {
    addCaptions();
    takeWords();
  }
}

/** On the whole page, for the part with the buttons is replaced when there is something new to do. */
function takeActions() {
  const help = takeKeys(currentVideo);
  showScripted();
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-share]")) share(root, root.dataset);
    else if (event.target.closest("[data-help]")) help();
  });
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-like-form]")) return;
    event.preventDefault();
    const button = root.querySelector("[data-like]");
    setLiked(root, button, api, button.getAttribute("aria-pressed") !== "true");
  });
}

/** What does nothing without a script. */
function showScripted() {
  for (const button of root.querySelectorAll("[data-share], [data-help]")) button.hidden = false;
}

takePlayer();
takeWords();
takeActions();
makeComments(root.querySelector("[data-comments]")).show(api, root);
takeMoreReplies(root.querySelector("#replies"));
keepUpToDate(root, onChange);
