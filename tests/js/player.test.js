import assert from "node:assert/strict";
import { test } from "node:test";

import { waysToPlay } from "../../static/js/player.js";

const SOURCE = { playlist: "/hls/playlist_x.m3u8", fallback: "/media/videos/x/video.mp4" };

test("hls.js comes before the browser's own HLS, the plain file is the last way", () => {
  assert.deepEqual(waysToPlay({ hasHlsJs: true, hasNative: true }, SOURCE), ["hls.js", "file"]);
  assert.deepEqual(waysToPlay({ hasHlsJs: false, hasNative: true }, SOURCE), ["native", "file"]);
  assert.deepEqual(waysToPlay({ hasHlsJs: false, hasNative: false }, SOURCE), ["file"]);
});

test("what the video does not have is no way", () => {
  assert.deepEqual(waysToPlay({ hasHlsJs: true, hasNative: true }, { fallback: SOURCE.fallback }), ["file"]);
  assert.deepEqual(waysToPlay({ hasHlsJs: true, hasNative: true }, { playlist: SOURCE.playlist }), [
    "hls.js",
  ]);
  assert.deepEqual(waysToPlay({ hasHlsJs: true, hasNative: true }, {}), []);
});
