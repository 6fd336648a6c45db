/** The replies of a video in the feed's sheet. */

import { call } from "./api.js";
import { clock, counted } from "./format.js";

/**
 * @param {HTMLDialogElement} sheet
 * @param {string} api address of the video in the API
 * @param {string} recordUrl where a reply is recorded
 */
export async function showReplies(sheet, api, recordUrl) {
  const state = sheet.querySelector("[data-state]");
  const list = sheet.querySelector("[data-list]");
  sheet.querySelector("[data-record]").href = recordUrl;
  sheet.dataset.shown = api;
  list.replaceChildren();
  state.textContent = "Loading …";
  try {
    const page = await call("GET", `${api}replies/`);
    if (sheet.dataset.shown !== api) return;
    const template = sheet.querySelector("[data-template]");
    list.append(...page.results.map((video) => card(template, video)));
    state.textContent = page.results.length ? "" : "No replies yet. Be the first to answer.";
  } catch (error) {
    state.textContent = error.message;
  }
}

function card(template, video) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("[data-link]").href = video.url;
  const picture = item.querySelector("img");
  if (video.poster) {
    picture.src = video.poster;
    picture.hidden = false;
  }
  item.querySelector(".video-card-time").textContent = clock(video.duration_ms);
  item.querySelector(".video-card-title").textContent = video.title;
  item.querySelector(".video-card-facts").textContent =
    `${counted(video.counts.views, "view")} · @${video.owner}`;
  return item;
}
