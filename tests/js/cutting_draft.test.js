import assert from "node:assert/strict";
import { test } from "node:test";

import { newerThan } from "../../static/js/cutting/draft.js";

const NOW_MS = 1_000_000;
const UNSENT = { chosen: { removed: [1] }, at: NOW_MS - 400 };

test("a reload before the server has the last change shows that change", () => {
  assert.equal(newerThan(60_000, NOW_MS, UNSENT), UNSENT);
  assert.equal(newerThan(Number.NaN, NOW_MS, UNSENT), UNSENT, "the server had nothing yet");
  const nothing = { chosen: null, at: NOW_MS - 400 };
  assert.equal(newerThan(60_000, NOW_MS, nothing), nothing, "everything was restored");
});

test("what another device chose later is not overwritten", () => {
  assert.equal(newerThan(100, NOW_MS, UNSENT), null);
});

test("nothing waits in this tab", () => {
  assert.equal(newerThan(100, NOW_MS, null), null);
});
