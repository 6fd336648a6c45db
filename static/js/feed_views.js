/** Counts a view once somebody has watched for a while. */

import { call } from "./api.js";

const WATCHED_S = 2;
/** A longer step between two reports is a jump, not watching. */
const STEP_MAX_S = 1;

/**
 * @returns {(name: string, api: string, position_s: number) => void} to be told the position again and again
 */
export function makeViewCounter() {
  const watched_s = new Map();
  const counted = new Set();
  let last = { name: "", position_s: 0 };

  return (name, api, position_s) => {
    const step_s = last.name === name ? position_s - last.position_s : 0;
    last = { name, position_s };
    if (counted.has(name) || step_s <= 0 || step_s > STEP_MAX_S) return;
    const total_s = (watched_s.get(name) ?? 0) + step_s;
    watched_s.set(name, total_s);
    if (total_s < WATCHED_S) return;
    counted.add(name);
    call("POST", `${api}views/`, undefined, { isQuiet: true }).catch(() => counted.delete(name));
  };
}
