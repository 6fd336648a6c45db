import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { keptBefore, lengthMs, nextKept, overlap, rangesOfItems } from "../../static/js/cutting/plan.js";

// The server plans the same cases: tests/cutting/test_plan.py.
const CASES = JSON.parse(readFileSync(new URL("../cutting/item_plans.json", import.meta.url), "utf8"));

for (const { name, items, kept, duration_ms: durationMs, plan } of CASES) {
  test(`plans items: ${name}`, () => {
    assert.deepEqual(rangesOfItems(items, kept, durationMs), plan);
  });
}

test("nothing is left when everything is removed", () => {
  assert.deepEqual(rangesOfItems([[0, 500, "one"]], [false], 500), []);
});

test("a video without words is kept whole", () => {
  assert.deepEqual(rangesOfItems([], [], 900), [[0, 900]]);
});

test("ranges are cut down to the chosen times, and what is too short to be seen goes", () => {
  assert.deepEqual(
    overlap(
      [
        [0, 1000],
        [2000, 3000],
      ],
      960,
      2500,
    ),
    [[2000, 2500]],
  );
});

test("the preview goes on at the next kept moment", () => {
  const ranges = [
    [100, 200],
    [500, 900],
  ];
  assert.equal(nextKept(ranges, 0), 100);
  assert.equal(nextKept(ranges, 150), 150);
  assert.equal(nextKept(ranges, 200), 500);
  assert.equal(nextKept(ranges, 900), null);
  assert.equal(lengthMs(ranges), 500);
  assert.equal(keptBefore(ranges, 0), 0);
  assert.equal(keptBefore(ranges, 300), 100);
  assert.equal(keptBefore(ranges, 600), 200);
});
