/** Liking and sharing a video. */

import { call } from "./api.js";
import { copy } from "./clipboard.js";
import { short } from "./format.js";
import { changeIcon } from "./icons.js";
import { toast } from "./toast.js";

/**
 * Write the counts of a video where the page shows them.
 * @param {ParentNode} root
 * @param {Record<string, number>} counts
 */
export function showCounts(root, counts) {
  for (const [name, count] of Object.entries(counts)) {
    for (const element of root.querySelectorAll(`[data-count="${name}"]`)) element.textContent = short(count);
  }
}

/**
 * @param {Element} button
 * @param {boolean} isLiked
 */
export function showLiked(button, isLiked) {
  button.setAttribute("aria-pressed", String(isLiked));
  changeIcon(button, isLiked ? "heart-full" : "heart");
}

/**
 * Like or unlike; the button changes at once and changes back if the site refuses.
 * @param {ParentNode} root what shows the counts
 * @param {Element} button
 * @param {string} api address of the video in the API
 * @param {boolean} wanted
 */
export async function setLiked(root, button, api, wanted) {
  const before = button.getAttribute("aria-pressed") === "true";
  if (before === wanted) return;
  showLiked(button, wanted);
  try {
    const answer = await call(wanted ? "POST" : "DELETE", `${api}like/`);
    showCounts(root, answer.counts);
  } catch (error) {
    showLiked(button, before);
    toast(error.message);
  }
}

/**
 * Hand the address on, by the phone's own menu where there is a touch screen, else as a copied link.
 * @param {ParentNode} root what shows the counts
 * @param {{api: string, url: string, title: string}} video
 */
export async function share(root, { api, url, title }) {
  const address = new URL(url, location.href).href;
  if (!(await handOver(address, title))) return;
  try {
    showCounts(root, await call("POST", `${api}shares/`));
  } catch {
    // The link is shared all the same; only the count is missing.
  }
}

async function handOver(url, title) {
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ url, title });
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
    }
  }
  const isCopied = await copy(url);
  toast(isCopied ? "Link copied" : `The link is ${url}`);
  return true;
}
