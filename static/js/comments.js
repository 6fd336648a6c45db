/** The comments of a video: list, form and deleting. */

import { call } from "./api.js";
import { showCounts } from "./reactions.js";

/** @typedef {{id: number, user: string, text: string, created_at: string, may_delete: boolean}} Comment */

/**
 * @param {HTMLElement} root the part of the page made by `_comments.html`
 * @returns {{show: (api: string, counter: ParentNode) => Promise<void>}} `show` loads the comments of a video;
 *   `counter` is what shows how many there are
 */
export function makeComments(root) {
  const list = root.querySelector("[data-list]");
  const state = root.querySelector("[data-state]");
  const more = root.querySelector("[data-more]");
  const form = root.querySelector("[data-form]");
  const template = root.querySelector("[data-template]");
  let api = "";
  let counter = /** @type {ParentNode} */ (document);
  let next = null;

  async function show(videoApi, videoCounter) {
    [api, counter, next] = [videoApi, videoCounter, null];
    list.replaceChildren();
    state.textContent = "Loading …";
    await load(videoApi);
  }

  async function load(asked) {
    try {
      const page = await call("GET", `${asked}comments/${next ? `?before=${next}` : ""}`);
      if (asked !== api) return;
      list.append(...page.results.map(row));
      next = page.next;
      more.hidden = next === null;
      showState();
    } catch (error) {
      state.textContent = error.message;
    }
  }

  function showState() {
    state.textContent = list.children.length ? "" : "No comments yet. Say something nice.";
  }

  /** @param {Comment} comment */
  function row(comment) {
    const item = template.content.firstElementChild.cloneNode(true);
    const owner = item.querySelector("a");
    owner.textContent = `@${comment.user}`;
    owner.href = root.dataset.personUrl.replace("USERNAME", encodeURIComponent(comment.user));
    const time = item.querySelector("time");
    time.dateTime = comment.created_at;
    time.textContent = new Date(comment.created_at).toLocaleString([], {
      dateStyle: "medium",
      timeStyle: "short",
    });
    item.querySelector(".comment-text").textContent = comment.text;
    const remove = item.querySelector(".comment-delete");
    const sure = item.querySelector(".comment-sure");
    remove.hidden = !comment.may_delete;
    // Nothing brings a deleted comment back, so one press is not enough.
    remove.addEventListener("click", () => {
      sure.hidden = false;
      sure.querySelector("[data-keep]").focus({ preventScroll: true });
      sure.scrollIntoView({ block: "nearest" });
    });
    sure.querySelector("[data-keep]").addEventListener("click", () => {
      sure.hidden = true;
      remove.focus();
    });
    sure.querySelector("[data-delete]").addEventListener("click", () => removeComment(item, comment.id));
    return item;
  }

  async function removeComment(item, id) {
    try {
      await call("DELETE", `${api}comments/${id}/`);
      item.remove();
      count(-1);
      showState();
    } catch (error) {
      state.textContent = error.message;
    }
  }

  function count(change) {
    const shown = counter.querySelector('[data-count="comments"]');
    const before = Number(shown?.textContent);
    // A shortened count (1.2K) does not change by one.
    if (Number.isInteger(before)) showCounts(counter, { comments: before + change });
  }

  async function send(event) {
    event.preventDefault();
    const field = form.elements.namedItem("text");
    const fault = form.querySelector("[data-error]");
    const button = form.querySelector("button");
    button.disabled = true;
    fault.textContent = "";
    try {
      const made = await call("POST", `${api}comments/`, { text: field.value });
      list.prepend(row(made));
      field.value = "";
      count(1);
      showState();
    } catch (error) {
      fault.textContent = error.message;
    } finally {
      button.disabled = false;
      field.focus();
    }
  }

  more.addEventListener("click", () => load(api));
  form?.addEventListener("submit", send);
  form?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  return { show };
}
