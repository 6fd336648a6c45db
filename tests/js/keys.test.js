import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { actionOf, FEED_KEYS, WATCH_KEYS } from "../../static/js/keys.js";

const IN_FEED = [
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

const ON_WATCH_PAGE = [
  [" ", "pause"],
  ["k", "pause"],
  ["j", "back"],
  ["l", "forward"],
  ["ArrowLeft", "back"],
  ["ArrowRight", "forward"],
  ["ArrowDown", null],
  ["M", "mute"],
  ["f", "fullscreen"],
  ["c", "captions"],
  ["?", "help"],
  ["s", null],
];
const PAGES = { feed: [FEED_KEYS, IN_FEED], watch: [WATCH_KEYS, ON_WATCH_PAGE] };

for (const [page, [keys, cases]] of Object.entries(PAGES)) {
  for (const [key, action] of cases) {
    test(`${page}: ${key} means ${action}`, () => assert.equal(actionOf(keys, { key }), action));
  }
}

test("who switched letters off keeps arrows and the space bar", () => {
  for (const key of ["j", "J", "m", "?"]) assert.equal(actionOf(FEED_KEYS, { key }, {}, false), null, key);
  assert.equal(actionOf(FEED_KEYS, { key: "ArrowDown" }, {}, false), "next");
  assert.equal(actionOf(FEED_KEYS, { key: " " }, {}, false), "pause");
});

test("keys of the browser and keys in a text are left alone", () => {
  assert.equal(actionOf(FEED_KEYS, { key: "l", ctrlKey: true }), null);
  assert.equal(actionOf(FEED_KEYS, { key: "r", metaKey: true }), null);
  assert.equal(actionOf(FEED_KEYS, { key: "j" }, { isTyping: true }), null);
});

test("a focused button keeps the space bar and a slider keeps the arrows", () => {
  assert.equal(actionOf(FEED_KEYS, { key: " " }, { isPressable: true }), null);
  assert.equal(actionOf(FEED_KEYS, { key: "j" }, { isPressable: true }), "next");
  assert.equal(actionOf(FEED_KEYS, { key: "ArrowRight" }, { isSlider: true }), null);
  assert.equal(actionOf(FEED_KEYS, { key: "m" }, { isSlider: true }), "mute");
});

for (const [page, [keys]] of Object.entries(PAGES)) {
  test(`${page}: the help sheet names every character that does something`, () => {
    const sheet = readFileSync(
      new URL(`../../templates/streaming/_${page}_keys.html`, import.meta.url),
      "utf8",
    );
    const named = [...sheet.matchAll(/<kbd>([^<]+)<\/kbd>/g)].map((match) => match[1].toLowerCase());
    for (const character of "abcdefghijklmnopqrstuvwxyz?") {
      const isKey = actionOf(keys, { key: character }) !== null;
      assert.equal(named.includes(character), isKey, character);
    }
  });
}
