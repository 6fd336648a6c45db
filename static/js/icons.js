/** Icons of the sprite, whose address the page knows. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @returns {string} address of one icon
 */
export function iconHref(name) {
  return `${document.body.dataset.icons}#${name}`;
}

/**
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", iconHref(name));
  svg.append(use);
  return svg;
}

/**
 * Show another icon in a button.
 * @param {Element} button
 * @param {string} name
 */
export function changeIcon(button, name) {
  button.querySelector("use")?.setAttribute("href", iconHref(name));
}
