/** What a person chose on this device. Browsers that keep nothing behave as if nothing was chosen. */

/** @typedef {"sound" | "captions" | "letters"} Preference */

/**
 * @param {Preference} name
 * @param {string} otherwise
 * @returns {string}
 */
export function preference(name, otherwise) {
  try {
    return localStorage.getItem(`videostream.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/**
 * @param {Preference} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`videostream.${name}`, value);
  } catch {
    // Storage is off or full: the choice holds for this page.
  }
}

/**
 * Whether captions are shown: as chosen, and by default whenever the sound is off. Pure.
 * @param {string} choice "on", "off" or "auto"
 * @param {boolean} isMuted
 * @returns {boolean}
 */
export function showsCaptions(choice, isMuted) {
  return choice === "on" || (choice !== "off" && isMuted);
}
