/** The state of a step of the work on a video, in words. Pure; the templates say the same. */

/** @typedef {{kind: string, label: string, state: string, progress: number, error: string}} Step */

/**
 * @param {Step} step
 * @returns {string}
 */
export function stepWords(step) {
  if (step.state === "running") return step.progress ? `${step.progress} %` : "under way";
  if (step.state === "failed") return step.error || "did not work";
  if (step.state === "skipped") return step.error || "not needed";
  return (step.state === "waiting" && step.error) || step.state;
}

/**
 * Of a failed video without the steps that were never begun: the one that failed says why.
 * @param {{state: string, steps: Step[]}} video
 * @returns {Step[]}
 */
export function shownSteps({ state, steps }) {
  return steps.filter((step) => state !== "failed" || step.state !== "skipped");
}

/**
 * Changes whenever the page has to be shown anew, not when only a percentage grew.
 * @param {{state: string, steps: Step[]}} video
 * @returns {string}
 */
export function stageOf(video) {
  const finished = video.steps.filter((step) => !["waiting", "running"].includes(step.state));
  return [video.state, ...finished.map((step) => `${step.kind}:${step.state}`)].join(" ");
}
