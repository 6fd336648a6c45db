/** What kind of file to record. Pure. */

/** Best first: plays everywhere without encoding, then what only needs its sound encoded, then what every browser can. */
export const WANTED_TYPES = [
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/mp4;codecs=avc3.42E01F,mp4a.40.2",
  "video/mp4;codecs=avc1,opus",
  "video/webm;codecs=vp8,opus",
];

/**
 * @param {(type: string) => boolean} isSupported
 * @returns {string} empty: let the browser choose
 */
export function chooseType(isSupported) {
  return WANTED_TYPES.find(isSupported) ?? "";
}

/**
 * @param {string} type of the recorder itself: it may differ from the one that was asked for
 * @returns {string} for a file name
 */
export function extensionOf(type) {
  if (type.startsWith("video/mp4")) return "mp4";
  return type.startsWith("video/x-matroska") ? "mkv" : "webm";
}

/**
 * Whether a recording of this type is corrupt once the picture's size changes, as it does when a phone is turned:
 * `avc1` keeps the size in one place at the beginning.
 * @param {string} type
 * @returns {boolean}
 */
export function needsConstantSize(type) {
  return type.includes("avc1");
}

/**
 * @param {Date} date
 * @param {string} type
 * @returns {string} such as recording-2026-11-23-14-05-09.mp4
 */
export function fileName(date, type) {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const stamp = [...parts, ...time].map((part) => String(part).padStart(2, "0")).join("-");
  return `recording-${stamp}.${extensionOf(type)}`;
}
