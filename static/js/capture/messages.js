/** What people are told. Pure. */

/**
 * @typedef {object} Problem
 * @property {string} message
 * @property {boolean} canRetry
 * @property {"" | "not_signed_in" | "csrf_failed"} session what has to be done about the session first
 */

const CAMERA_WORDS = {
  NotAllowedError:
    "This page may not use the camera. Allow camera and microphone for this site in your browser's settings, then try again.",
  NotFoundError: "No camera was found on this device.",
  NotReadableError:
    "The camera cannot be used: another program may have it. Close that program, then try again.",
  OverconstrainedError: "This camera cannot do what is needed.",
  SecurityError: "Your browser's settings forbid pages to use the camera.",
};

/**
 * Why this browser cannot record at all, or empty if it can.
 * @param {{isSecure: boolean, hasDevices: boolean, hasRecorder: boolean}} browser
 * @returns {string}
 */
export function whyUnable({ isSecure, hasDevices, hasRecorder }) {
  if (!isSecure)
    return "Browsers lend their camera to pages with a secure address (https) only, and this one has none.";
  if (!hasDevices) return "This browser does not let pages use a camera.";
  if (!hasRecorder) return "This browser cannot record videos in a page.";
  return "";
}

/**
 * @param {string} errorName of what getUserMedia threw
 * @returns {string}
 */
export function cameraProblem(errorName) {
  return CAMERA_WORDS[errorName] ?? "The camera could not be started.";
}

/** Why a recording ended by itself. */
export const END_WORDS = {
  limit: "This is as long as a video may be.",
  lost: "The camera was disconnected. What was recorded until then is here.",
  error: "The browser stopped recording. What was recorded until then is here.",
  turned:
    "The picture changed its size when the device was turned, so the recording ended. What came before is here.",
};

/**
 * @param {number} status HTTP status; 0 if there was no answer
 * @param {{code?: string, message?: string}} [said] of the site; an answer to HEAD cannot say anything
 * @returns {Problem}
 */
export function uploadProblem(status, { code = "", message = "" } = {}) {
  if (status === 401)
    return problem("You are logged out. Log in and it goes on: your video waits here.", {
      session: "not_signed_in",
    });
  if (code === "csrf_failed")
    return problem("You logged in or out in another tab. Try again: your video waits here.", {
      session: code,
    });
  if (status === 0)
    return problem("The site cannot be reached. Your video waits here: check your connection and try again.");
  if (status === 423)
    return problem("The site is still busy with the last piece of your video. Try again in a moment.");
  const isFinal = status === 413 || status === 415 || status === 422;
  if (message) return problem(message, { canRetry: !isFinal });
  return problem(`The site has a problem (${status}). Your video waits here: try again in a moment.`, {
    canRetry: !isFinal,
  });
}

function problem(message, { canRetry = true, session = "" } = {}) {
  return { message, canRetry, session };
}

/** @returns {Problem} */
export function stalledProblem() {
  return problem(
    "Nothing gets through at the moment. Your video waits here: check your connection and try again.",
  );
}

/**
 * Whether sending the same again later may work without a person doing anything.
 * @param {number} status
 * @returns {boolean}
 */
export function isPassing(status) {
  return (
    status === 0 || status === 409 || status === 423 || status === 460 || (status >= 500 && status !== 507)
  );
}

/**
 * @param {number} sentBytes
 * @param {number} totalBytes
 * @returns {{percent: number, words: string}} never 100 % before the site has confirmed
 */
export function progressOf(sentBytes, totalBytes) {
  const share = totalBytes > 0 ? Math.min(1, sentBytes / totalBytes) : 0;
  const percent = Math.min(99, Math.floor(share * 100));
  return { percent, words: `${percent} % · ${size(sentBytes, totalBytes)} of ${size(totalBytes)}` };
}

/**
 * @param {number} bytes
 * @param {number} [scaleBytes] choose the unit for this size
 * @returns {string} such as 640 KB, 7.4 MB or 1.2 GB
 */
export function size(bytes, scaleBytes = bytes) {
  for (const [unit, name] of [
    [1024 ** 3, "GB"],
    [1024 ** 2, "MB"],
  ]) {
    if (scaleBytes >= unit) return `${(bytes / unit).toFixed(1)} ${name}`;
  }
  return `${Math.ceil(bytes / 1024)} KB`;
}

/**
 * @param {{size: number, type: string}} file
 * @param {number} limitBytes
 * @returns {string} why it cannot be uploaded, or empty
 */
export function fileProblem(file, limitBytes) {
  if (file.size === 0) return "This file is empty. Choose another one.";
  if (file.size > limitBytes)
    return `This file is too large: ${size(file.size)}. At most ${size(limitBytes)} can be uploaded.`;
  // The site looks inside anyway: some systems know MPEG-TS (.ts) as translations, others give many files no type.
  if (/^(image|font|text\/(plain|html|csv))/.test(file.type))
    return "This is not a video. Choose a video or a sound file.";
  return "";
}
