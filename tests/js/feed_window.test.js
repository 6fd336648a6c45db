import assert from "node:assert/strict";
import { test } from "node:test";

import { assign, PLAYERS_MAX, windowAround } from "../../static/js/feed_window.js";

test("the window has the video before and the one after", () => {
  assert.deepEqual(windowAround(4, 10), { previous: 3, current: 4, next: 5 });
});

test("the window ends at both ends of the feed", () => {
  assert.deepEqual(windowAround(0, 1), { previous: null, current: 0, next: null });
  assert.deepEqual(windowAround(9, 10), { previous: 8, current: 9, next: null });
});

test("who has a player keeps it when the window moves on", () => {
  const first = assign([null, null, null], ["b", "c", "a"]);
  const second = assign(first, ["c", "d", "b"]);
  assert.equal(second.indexOf("c"), first.indexOf("c"));
  assert.equal(second.indexOf("b"), first.indexOf("b"));
  assert.equal(second.indexOf("d"), first.indexOf("a"));
});

test("after a jump all players are given away", () => {
  assert.deepEqual(assign(["a", "b", "c"], ["x", "y"]).sort(), [null, "x", "y"].sort());
});

test("never more videos are alive than there are players", () => {
  const holders = assign(Array(PLAYERS_MAX).fill(null), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(holders, ["a", "b", "c"]);
});
