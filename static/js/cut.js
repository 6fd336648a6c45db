/** The cut page: choose words, see and hear what is left, cut. Without this script the page is a plain form. */

import { Draft } from "./cutting/draft.js";
import { areEqual, areRemoved, History, keepOnly, remove, restore, untouched } from "./cutting/edits.js";
import { make } from "./cutting/making.js";
import { isPause, lengthMs, overlap, rangesOfItems } from "./cutting/plan.js";
import { Playback } from "./cutting/playback.js";
import { Timeline } from "./cutting/timeline.js";
import { preciseClock } from "./cutting/times.js";
import { waitForWords } from "./cutting/waiting.js";
import { Words } from "./cutting/words.js";
import { counted } from "./format.js";
import { preference } from "./preferences.js";

const form = document.querySelector("[data-cut]");
const find = (name) => form.querySelector(`[${name}]`);
const button = (action) => form.querySelector(`[data-action="${action}"]`);

const durationMs = Number(form.dataset.durationMs);
const items = JSON.parse(document.getElementById("cut-items").textContent);
const draft = new Draft(form.dataset.draftApi, chosen, (words) => {
  find("data-not-kept").textContent = words;
});
const history = new History(kept());
/** @type {import("./cutting/plan.js").Range[]} */
let ranges = [[0, durationMs]];

const playback = new Playback(form, { durationMs, onTime: showTime });
const timeline = new Timeline(form, {
  durationMs,
  onSeek: (ms) => playback.seek(ms),
  onTrim: (fromMs, toMs) => change({ ...history.now, fromMs, toMs }),
});
const words = find("data-words")
  ? new Words(find("data-words"), items, {
      onChoose: showTools,
      onSeek: (ms) => playback.seek(ms),
      onPlay: () => playback.toggle(),
      onToggle: () => removeOrRestore(),
    })
  : null;

const actions = {
  undo: () => walk(() => history.undo()),
  redo: () => walk(() => history.redo()),
  remove: () => removeOrRestore(),
  keep: () => withChoice((first, last) => keepOnly(history.now, items.length, first, last)),
  "restore-all": () => startAgain(),
  play: () => playback.toggle(),
  preview: () => playback.preview(),
  another: () => showMaking(false),
};

function start() {
  for (const element of form.querySelectorAll("[data-scripted]")) element.hidden = false;
  for (const element of form.querySelectorAll("[data-unscripted]")) element.hidden = true;
  form.classList.add("is-scripted");
  form.addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    if (action) actions[action]();
  });
  form.addEventListener("submit", cut);
  document.addEventListener("keydown", onKey);
  if (find("data-words-coming")) waitForWords(form.dataset.videoApi, find("data-words-ready"));
  for (const name of ["title", "visibility"]) {
    form.elements[name].addEventListener("input", () => draft.changed());
  }
  show();
  if (draft.isUnsent) draft.changed();
}

/** What was chosen before, by this tab or as the server has it. */
function kept() {
  const newer = draft.newer(Number.parseInt(form.dataset.draftAgeMs, 10));
  if (newer) {
    form.elements.title.value = newer.chosen?.title ?? "";
    if (newer.chosen) form.elements.visibility.value = newer.chosen.visibility;
  }
  const edit = newer ? newer.chosen : JSON.parse(document.getElementById("cut-draft").textContent);
  if (!edit) return untouched(durationMs);
  // Numbers of words mean nothing once the words have changed.
  const isSame = !newer || edit.digest === form.dataset.digest;
  return { removed: new Set(isSame ? edit.removed : []), fromMs: edit.from_ms, toMs: edit.to_ms };
}

/** What is kept on the server until it is cut, or null for nothing. */
function chosen() {
  const { removed, fromMs, toMs } = history.now;
  const title = form.elements.title.value;
  if (areEqual(history.now, untouched(durationMs)) && title === "") return null;
  return {
    removed: [...removed],
    from_ms: fromMs,
    to_ms: toMs,
    title,
    visibility: form.elements.visibility.value,
    digest: form.dataset.digest,
  };
}

function startAgain() {
  form.elements.title.value = "";
  change(untouched(durationMs));
}

/** @param {import("./cutting/edits.js").Edit} edit */
function change(edit) {
  history.add(edit);
  show();
  draft.changed();
}

function walk(step) {
  step();
  show();
  draft.changed();
}

function withChoice(edited) {
  if (words?.choice) change(edited(...words.choice));
}

function removeOrRestore() {
  withChoice((first, last) =>
    areRemoved(history.now, first, last)
      ? restore(history.now, first, last)
      : remove(history.now, items, first, last),
  );
}

function show() {
  const { removed, fromMs, toMs } = history.now;
  const isKept = items.map((_, number) => !removed.has(number));
  ranges = overlap(rangesOfItems(items, isKept, durationMs), fromMs, toMs);
  playback.ranges = ranges;
  playback.show();
  timeline.show(ranges, fromMs, toMs);
  words?.show(history.now);
  showResult();
  showTools();
}

function showResult() {
  const resultMs = lengthMs(ranges);
  find("data-result-length").textContent = `${preciseClock(resultMs)} of ${preciseClock(durationMs)}`;
  find("data-result-facts").textContent = removedFacts();
  const isWhole = resultMs === durationMs;
  find("data-submit").disabled = isWhole || resultMs === 0;
  button("preview").disabled = isWhole || resultMs === 0;
  button("undo")?.toggleAttribute("disabled", history.past.length === 0);
  button("redo")?.toggleAttribute("disabled", history.future.length === 0);
  button("restore-all")?.toggleAttribute("disabled", isWhole);
}

function removedFacts() {
  const removed = [...history.now.removed].map((number) => items[number]);
  const pauses = removed.filter(isPause).length;
  const facts = [];
  if (removed.length > pauses) facts.push(counted(removed.length - pauses, "word"));
  if (pauses) facts.push(counted(pauses, "pause"));
  if (history.now.fromMs > 0) facts.push(`the first ${preciseClock(history.now.fromMs)}`);
  if (history.now.toMs < durationMs) facts.push(`the last ${preciseClock(durationMs - history.now.toMs)}`);
  if (ranges.length === 0) return "Nothing would be left.";
  return facts.length ? `Removed: ${facts.join(", ")}.` : "Nothing is removed yet.";
}

function showTools() {
  if (!words) return;
  const choice = words.choice;
  button("remove").disabled = button("keep").disabled = !choice;
  const restores = choice !== null && areRemoved(history.now, ...choice);
  button("remove").classList.toggle("button-danger", !restores);
  find("data-remove-label").textContent = restores ? "Restore" : "Remove";
}

function showTime(timeMs) {
  timeline.showPlayhead(timeMs);
  words?.showNow(timeMs);
}

function onKey(event) {
  const isField = event.target.matches("input:not([type=checkbox], [type=range]), textarea, select");
  if (isField) return;
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (isUndo) return run(event, event.shiftKey ? "redo" : "undo");
  if (event.ctrlKey && event.key.toLowerCase() === "y") return run(event, "redo");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Delete" || event.key === "Backspace") run(event, "remove");
  else if (event.key.toLowerCase() === "k" && preference("letters", "on") === "on") run(event, "keep");
  else if (event.key === " " && !event.target.closest("button, a, input")) run(event, "play");
}

function run(event, action) {
  event.preventDefault();
  actions[action]();
}

async function cut(event) {
  event.preventDefault();
  playback.pause();
  const refusal = find("data-refusal");
  refusal.hidden = true;
  find("data-submit").disabled = true;
  const details = { title: form.elements.title.value, visibility: form.elements.visibility.value };
  try {
    await make({ form, body: { keep: ranges, ...details }, onAccepted });
  } catch (error) {
    refusal.textContent = error.message;
    refusal.hidden = false;
  } finally {
    find("data-submit").disabled = false;
  }
}

/** The site has dropped the draft with the order. */
function onAccepted() {
  draft.forget();
  showMaking(true);
}

function showMaking(isMaking) {
  find("data-details").hidden = isMaking;
  find("data-progress").hidden = !isMaking;
}

start();
