/** The replies of a video in the feed's sheet. */

import { call } from "./api.js";
import { clock, counted } from "./format.js";

/**
 * @param {HTMLDialogElement} sheet
 * @param {string} api address of the video in the API
 * @param {string} recordUrl where a reply is recorded
 */
export async function showReplies(sheet, api, recordUrl) {
  const list = sheet.querySelector("[data-list]");
  sheet.querySelector("[data-record]").href = recordUrl;
  sheet.dataset.shown = api;
  list.replaceChildren();
  await load(sheet, "");
}

async function load(sheet, cursor) {
  const api = sheet.dataset.shown;
  const state = sheet.querySelector("[data-state]");
  const list = sheet.querySelector("[data-list]");
  const more = sheet.querySelector("[data-more]");
  state.textContent = "Loading …";
  try {
    const page = await call("GET", `${api}replies/?cursor=${encodeURIComponent(cursor)}`);
    if (sheet.dataset.shown !== api) return;
    const template = sheet.querySelector("[data-template]");
    const cards = page.results.map((video) => card(template, video));
    list.append(...cards);
    more.hidden = page.next === null;
    more.querySelector("button").onclick = () => load(sheet, page.next);
    if (cursor) cards[0]?.querySelector("a").focus();
    state.textContent = list.children.length ? "" : "No replies yet. Be the first to answer.";
  } catch (error) {
    state.textContent = error.message;
  }
}

function card(template, video) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("[data-link]").href = `${video.url}#play`;
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
