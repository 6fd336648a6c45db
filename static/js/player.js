/** Plays a video in a <video>: by hls.js where it runs, by the browser's own HLS, or as a plain file. */

import Hls from "../vendor/hls/hls.light.min.js";

/** @typedef {{language: string, url: string}} Caption */
/** @typedef {{playlist: string, fallback: string, captions?: Caption[]}} Source */
/** @typedef {"hls.js" | "native" | "file"} Way */
/** @typedef {"current" | "waiting"} Role */
/**
 * @typedef {object} Player
 * @property {(role: Role) => void} setRole `waiting` players buffer only the beginning
 * @property {() => void} destroy
 * @property {() => Way} way how it plays at the moment
 */

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** Seconds that are loaded ahead. */
const BUFFER_S = { current: 20, waiting: 4 };
const BACK_BUFFER_S = 10;
const FIRST_GUESS_BITS_PER_S = 2_000_000;
/** A segment that does not come is asked for again for about four seconds; then the plain file is played. */
const SEGMENT_POLICY = {
  maxTimeToFirstByteMs: 10_000,
  maxLoadTimeMs: 60_000,
  timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
  errorRetry: { maxNumRetry: 3, retryDelayMs: 500, maxRetryDelayMs: 2000 },
};
/** A second media error so soon after the first is not recovered from. */
const RECOVERY_PAUSE_MS = 5000;

/** What the last video measured; the next one starts at the rendition that suits it. */
let measuredBitsPerS = FIRST_GUESS_BITS_PER_S;

/**
 * In which order to try. hls.js first: some Chromes claim native HLS and fail at it. Pure.
 * @param {{hasHlsJs: boolean, hasNative: boolean}} browser
 * @param {Partial<Source>} source
 * @returns {Way[]}
 */
export function waysToPlay(browser, source) {
  /** @type {Way[]} */
  const ways = [];
  if (source.playlist && browser.hasHlsJs) ways.push("hls.js");
  else if (source.playlist && browser.hasNative) ways.push("native");
  if (source.fallback) ways.push("file");
  return ways;
}

/**
 * Give the <video> a source. One player for a <video> at a time: destroy the one before.
 * @param {HTMLVideoElement} video
 * @param {Source} source
 * @param {{role?: Role, onFailure?: () => void}} [options] `onFailure`: no way was left
 * @returns {Player}
 */
export function attach(video, source, { role = "current", onFailure = () => {} } = {}) {
  const browser = { hasHlsJs: Hls.isSupported(), hasNative: video.canPlayType(HLS_TYPE) !== "" };
  const ways = waysToPlay(browser, source);
  /** @type {Hls | null} */
  let hls = null;
  let position = 0;
  // A <video> whose source is taken away forgets that it was told to play.
  let isWanted = !video.paused;

  function start() {
    if (ways[0] === "hls.js") hls = startHls(video, source.playlist, role, { giveUp: nextWay, recover });
    else video.src = ways[0] === "native" ? source.playlist : source.fallback;
    if (position) video.currentTime = position;
  }

  function nextWay() {
    position = video.currentTime || position;
    const wasWanted = isWanted;
    stopHls();
    ways.shift();
    if (!ways.length) return onFailure();
    start();
    resume(wasWanted);
  }

  function recover() {
    const wasWanted = isWanted;
    hls.recoverMediaError();
    resume(wasWanted);
  }

  function resume(wasWanted) {
    if (wasWanted) video.play().catch(() => {});
  }

  function stopHls() {
    if (!hls) return;
    measuredBitsPerS = hls.bandwidthEstimate || measuredBitsPerS;
    hls.destroy();
    hls = null;
  }

  const onError = () => {
    // hls.js reports its own errors; those of a source that is being taken away do not count.
    if (!hls && video.error && video.getAttribute("src")) nextWay();
  };
  const onPlay = () => {
    isWanted = true;
  };
  const onPause = () => {
    isWanted = false;
  };
  video.addEventListener("error", onError);
  video.addEventListener("play", onPlay);
  video.addEventListener("pause", onPause);
  video.preload = "auto";
  addTracks(video, source.captions ?? []);
  if (ways.length) start();
  else onFailure();

  return {
    setRole(wanted) {
      role = wanted;
      isWanted = !video.paused;
      if (hls) Object.assign(hls.config, bufferOf(role));
    },
    destroy() {
      video.removeEventListener("error", onError);
      video.removeEventListener("play", onPlay);
      video.removeEventListener("pause", onPause);
      stopHls();
      release(video);
    },
    way: () => ways[0],
  };
}

/**
 * Take away the source and the captions, so that the browser frees decoder and memory.
 * @param {HTMLVideoElement} video
 */
export function release(video) {
  video.pause();
  for (const track of video.querySelectorAll("track")) track.remove();
  video.removeAttribute("src");
  video.load();
}

/**
 * The state of the captions of a <video>.
 * @param {HTMLVideoElement} video
 * @param {TextTrackMode} mode
 */
export function setCaptions(video, mode) {
  for (const track of video.textTracks) track.mode = mode;
}

function startHls(video, playlist, role, { giveUp, recover }) {
  const hls = new Hls({
    // fMP4 goes to the browser as it is: there is nothing a worker could do.
    enableWorker: false,
    backBufferLength: BACK_BUFFER_S,
    capLevelToPlayerSize: true,
    startLevel: -1,
    testBandwidth: false,
    abrEwmaDefaultEstimate: measuredBitsPerS,
    startPosition: 0,
    fragLoadPolicy: { default: SEGMENT_POLICY },
    ...bufferOf(role),
  });
  let recoveredAt = -RECOVERY_PAUSE_MS;
  hls.on(Hls.Events.ERROR, (_event, error) => {
    if (!error.fatal) return;
    const isNew = performance.now() - recoveredAt > RECOVERY_PAUSE_MS;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && isNew) {
      recoveredAt = performance.now();
      recover();
    } else {
      giveUp();
    }
  });
  hls.loadSource(playlist);
  hls.attachMedia(video);
  return hls;
}

function bufferOf(role) {
  return { maxBufferLength: BUFFER_S[role], maxMaxBufferLength: BUFFER_S[role] };
}

function addTracks(video, captions) {
  for (const caption of captions) {
    const track = document.createElement("track");
    track.kind = "subtitles";
    track.srclang = caption.language;
    track.label = "Captions";
    track.src = caption.url;
    video.append(track);
  }
}
