import assert from "node:assert/strict";
import { test } from "node:test";

import {
  chooseType,
  extensionOf,
  fileName,
  needsConstantSize,
  WANTED_TYPES,
} from "../../static/js/capture/formats.js";

const CHROMIUM_ON_DEBIAN = ["video/mp4;codecs=avc1,opus", "video/webm;codecs=vp8,opus"];
const FIREFOX = ["video/webm;codecs=vp8,opus"];

test("takes the best type that the browser can record", () => {
  assert.equal(
    chooseType(() => true),
    "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  );
  assert.equal(
    chooseType((type) => CHROMIUM_ON_DEBIAN.includes(type)),
    "video/mp4;codecs=avc1,opus",
  );
  assert.equal(
    chooseType((type) => FIREFOX.includes(type)),
    "video/webm;codecs=vp8,opus",
  );
});

test("leaves the choice to a browser that knows none of them", () => {
  assert.equal(
    chooseType(() => false),
    "",
  );
});

test("names the file by what was really recorded", () => {
  assert.equal(extensionOf("video/mp4"), "mp4");
  assert.equal(extensionOf("video/x-matroska;codecs=avc1,opus"), "mkv");
  assert.equal(extensionOf("video/webm"), "webm");
  assert.equal(fileName(new Date(2026, 0, 2, 3, 4, 5), "video/mp4"), "recording-2026-01-02-03-04-05.mp4");
});

test("only avc1 is spoilt when the picture changes its size", () => {
  assert.deepEqual(WANTED_TYPES.map(needsConstantSize), [true, false, true, false]);
});
