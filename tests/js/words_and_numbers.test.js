import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, counted, short } from "../../static/js/format.js";
import { showsCaptions } from "../../static/js/preferences.js";
import { shownSteps, stageOf, stepWords } from "../../static/js/step_words.js";
import { wordAt } from "../../static/js/word_times.js";

test("times read as on a clock", () => {
  assert.deepEqual([0, 999, 7000, 750_000, 3_723_000].map(clock), [
    "0:00",
    "0:00",
    "0:07",
    "12:30",
    "1:02:03",
  ]);
  assert.equal(clock(Number.NaN), "0:00");
});

test("long counts are shortened and never rounded up", () => {
  assert.deepEqual([0, 999, 1000, 1299, 19_999, 3_000_000].map(short), [
    "0",
    "999",
    "1K",
    "1.2K",
    "19K",
    "3M",
  ]);
  assert.equal(counted(1, "reply", "replies"), "1 reply");
  assert.equal(counted(2, "reply", "replies"), "2 replies");
});

test("captions follow the choice, and the sound where nothing was chosen", () => {
  assert.deepEqual([showsCaptions("auto", true), showsCaptions("auto", false)], [true, false]);
  assert.deepEqual([showsCaptions("on", false), showsCaptions("off", true)], [true, false]);
});

const WORDS = [
  { start: 100, end: 400 },
  { start: 500, end: 900 },
  { start: 3000, end: 3500 },
];

test("the spoken word is found, also in the short pause after it", () => {
  assert.deepEqual(
    [0, 100, 450, 500, 1200].map((ms) => wordAt(WORDS, ms)),
    [-1, 0, 0, 1, 1],
  );
});

test("no word is spoken in a long pause or without words", () => {
  assert.deepEqual(
    [2000, 9000].map((ms) => wordAt(WORDS, ms)),
    [-1, -1],
  );
  assert.equal(wordAt([], 5), -1);
});

const STEP = { kind: "package", label: "Making it streamable", state: "waiting", progress: 0, error: "" };

test("steps say what they do", () => {
  assert.equal(stepWords({ ...STEP, state: "running", progress: 42 }), "42 %");
  assert.equal(stepWords({ ...STEP, state: "running" }), "under way");
  assert.equal(stepWords({ ...STEP, state: "failed", error: "The disk is full." }), "The disk is full.");
  assert.equal(stepWords({ ...STEP, state: "waiting", error: "The disk is full." }), "The disk is full.");
  assert.equal(stepWords({ ...STEP, state: "skipped" }), "not needed");
  assert.equal(
    stepWords({ ...STEP, state: "skipped", error: "An earlier step failed." }),
    "An earlier step failed.",
  );
});

test("a failed video names what failed once and not each step that was never begun", () => {
  const failed = { ...STEP, state: "failed", error: "This file is damaged." };
  const skipped = { ...STEP, kind: "poster", state: "skipped", error: "An earlier step failed." };
  assert.deepEqual(shownSteps({ state: "failed", steps: [failed, skipped] }), [failed]);
  assert.deepEqual(shownSteps({ state: "ready", steps: [skipped] }), [skipped]);
});

test("a growing percentage is no new stage, a finished step is", () => {
  const at = (step) => stageOf({ state: "processing", steps: [{ ...STEP, ...step }] });
  assert.equal(at({ state: "running", progress: 3 }), at({ state: "running", progress: 90 }));
  assert.notEqual(at({ state: "running", progress: 90 }), at({ state: "done" }));
});
