/** Looking at a recording that is still in the page. */

/**
 * Show a recording, and learn whether this browser can play it and how long it is.
 * @param {HTMLVideoElement} video
 * @param {string} url of a blob
 * @returns {Promise<number>} its length in ms; NaN if it cannot be played here
 */
export function load(video, url) {
  return new Promise((resolve) => {
    video.onloadedmetadata = async () => {
      if (!Number.isFinite(video.duration)) await findDuration(video);
      resolve(video.duration * 1000);
    };
    video.onerror = () => resolve(Number.NaN);
    video.src = url;
  });
}

/** Recorders write WebM without a length; looking for the end makes the browser find it. */
function findDuration(video) {
  return new Promise((resolve) => {
    video.ondurationchange = () => {
      if (!Number.isFinite(video.duration)) return;
      video.ondurationchange = null;
      video.currentTime = 0;
      resolve();
    };
    video.currentTime = Number.MAX_SAFE_INTEGER;
  });
}

/** @param {HTMLVideoElement} video */
export function unload(video) {
  video.onloadedmetadata = video.onerror = video.ondurationchange = null;
  video.removeAttribute("src");
  video.load();
}
