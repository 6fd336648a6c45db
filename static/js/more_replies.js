/** Further replies below those that the page of a video came with. */

import { fetchPage } from "./api.js";
import { toast } from "./toast.js";

/**
 * Let the link to the following replies bring them here.
 * @param {HTMLElement} section
 */
export function takeMoreReplies(section) {
  section.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-more]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    try {
      const page = new DOMParser().parseFromString(await fetchPage(link.href), "text/html");
      const fresh = page.getElementById(section.id);
      const cards = [...fresh.querySelectorAll("[data-list] > li")];
      section.querySelector("[data-list]").append(...cards);
      cards[0]?.querySelector("a").focus();
      const following = fresh.querySelector("[data-more]");
      if (following) link.href = following.getAttribute("href");
      else link.parentElement.remove();
    } catch (error) {
      toast(error.message);
    }
  });
}
