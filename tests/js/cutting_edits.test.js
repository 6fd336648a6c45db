import assert from "node:assert/strict";
import { test } from "node:test";

import { areRemoved, History, keepOnly, remove, restore, untouched } from "../../static/js/cutting/edits.js";
import { preciseClock, timeInWords } from "../../static/js/cutting/times.js";
import { lastStarted } from "../../static/js/cutting/words.js";

const ITEMS = [
  [0, 400, "one"],
  [400, 1400, ""],
  [1400, 1800, "two"],
  [1800, 2800, ""],
  [2800, 3200, "three"],
];
const sorted = (edit) => [...edit.removed].sort();

test("removing what is said between two pauses takes one of them along", () => {
  assert.deepEqual(sorted(remove(untouched(4000), ITEMS, 2, 2)), [2, 3]);
});

test("removing elsewhere takes nothing along", () => {
  assert.deepEqual(sorted(remove(untouched(4000), ITEMS, 0, 0)), [0]);
  assert.deepEqual(sorted(remove(untouched(4000), ITEMS, 1, 1)), [1]);
  assert.deepEqual(sorted(remove(untouched(4000), ITEMS, 1, 2)), [1, 2]);
});

test("keeping only some removes all others, also what was chosen before", () => {
  const edit = keepOnly(remove(untouched(4000), ITEMS, 2, 2), ITEMS.length, 1, 2);
  assert.deepEqual(sorted(edit), [0, 3, 4]);
  assert.ok(areRemoved(edit, 3, 4));
  assert.ok(!areRemoved(edit, 2, 4));
  assert.deepEqual(sorted(restore(edit, 0, 3)), [4]);
});

test("undo and redo walk through the edits; a new edit ends the redo", () => {
  const history = new History(untouched(4000));
  const first = remove(history.now, ITEMS, 0, 0);
  history.add(first);
  history.add({ ...first, fromMs: 500 });
  history.undo();
  assert.deepEqual(history.now, first);
  history.redo();
  assert.equal(history.now.fromMs, 500);
  history.undo();
  history.undo();
  history.undo();
  assert.equal(history.now.removed.size, 0);
  history.add(first);
  history.redo();
  assert.deepEqual(history.now, first);
});

test("an edit that changes nothing is not remembered", () => {
  const history = new History(untouched(4000));
  history.add({ ...untouched(4000) });
  assert.equal(history.past.length, 0);
});

test("times are shown to a tenth of a second, also where rounding fills a minute", () => {
  assert.equal(preciseClock(7449), "0:07.4");
  assert.equal(preciseClock(59_960), "1:00.0");
  assert.equal(preciseClock(0), "0:00.0");
});

test("the word that is said is the last one that began", () => {
  assert.equal(lastStarted(ITEMS, 0), 0);
  assert.equal(lastStarted(ITEMS, 1399), 1);
  assert.equal(lastStarted(ITEMS, 9999), 4);
  assert.equal(lastStarted([[300, 400, "late"]], 100), -1);
});

test("a screen reader hears times in words and not in milliseconds", () => {
  assert.equal(timeInWords(0), "0 seconds");
  assert.equal(timeInWords(1000), "1 second");
  assert.equal(timeInWords(67_449), "1 minute 7.4 seconds");
  assert.equal(timeInWords(119_960), "2 minutes 0 seconds");
});
