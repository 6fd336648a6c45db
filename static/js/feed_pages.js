/** The following part of the feed, before its end is reached. */

import { fetchPage } from "./api.js";

/** So many items before the end the following ones are asked for. */
const AHEAD = 3;

/**
 * @param {HTMLElement} feed
 * @param {() => void} onNewItems
 * @returns {(place: number, count: number) => void} to be told where the person is
 */
export function makePages(feed, onNewItems) {
  let isLoading = false;

  async function load(more) {
    isLoading = true;
    showLoading(more);
    try {
      const part = document.createRange().createContextualFragment(await fetchPage(more.dataset.next));
      for (const item of part.querySelectorAll("[data-item]")) {
        if (document.getElementById(item.id)) item.remove();
      }
      more.replaceWith(part);
      onNewItems();
    } catch (error) {
      showFault(more, error.message);
    } finally {
      isLoading = false;
    }
  }

  function showFault(more, message) {
    const text = document.createElement("p");
    text.textContent = message;
    const retry = document.createElement("button");
    retry.className = "button";
    retry.type = "button";
    retry.textContent = "Try again";
    retry.addEventListener("click", () => load(more));
    more.replaceChildren(text, retry);
  }

  return (place, count) => {
    const more = feed.querySelector("[data-feed-more]");
    if (more && !isLoading && place >= count - AHEAD && !more.querySelector("button")) load(more);
  };
}

function showLoading(more) {
  const text = document.createElement("p");
  text.className = "muted";
  text.textContent = "Loading …";
  more.replaceChildren(text);
}
