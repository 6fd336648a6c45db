import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { actionOf } from "../../static/js/keys.js";

const CASES = [
  ["ArrowDown", "next"],
  ["j", "next"],
  ["J", "next"],
  ["ArrowUp", "previous"],
  ["k", "previous"],
  [" ", "pause"],
  ["ArrowLeft", "back"],
  ["ArrowRight", "forward"],
  ["m", "mute"],
  ["l", "like"],
  ["c", "captions"],
  ["o", "comments"],
  ["r", "reply"],
  ["s", "share"],
  ["?", "help"],
  ["x", null],
];

for (const [key, action] of CASES) {
  test(`${key} means ${action}`, () => assert.equal(actionOf({ key }), action));
}

test("keys of the browser and keys in a text are left alone", () => {
  assert.equal(actionOf({ key: "l", ctrlKey: true }), null);
  assert.equal(actionOf({ key: "r", metaKey: true }), null);
  assert.equal(actionOf({ key: "j" }, { isTyping: true }), null);
});

test("a focused button keeps the space bar and a slider keeps the arrows", () => {
  assert.equal(actionOf({ key: " " }, { isPressable: true }), null);
  assert.equal(actionOf({ key: "j" }, { isPressable: true }), "next");
  assert.equal(actionOf({ key: "ArrowRight" }, { isSlider: true }), null);
  assert.equal(actionOf({ key: "m" }, { isSlider: true }), "mute");
});

test("the help sheet names every letter that does something", () => {
  const sheet = readFileSync(new URL("../../templates/streaming/_feed_sheets.html", import.meta.url), "utf8");
  const named = [...sheet.matchAll(/<kbd>([^<]+)<\/kbd>/g)].map((match) => match[1].toLowerCase());
  for (const letter of "abcdefghijklmnopqrstuvwxyz") {
    assert.equal(named.includes(letter), actionOf({ key: letter }) !== null, letter);
  }
});
