/** Only the browser knows the address at which it sees the site: it says so where PUBLIC_URL differs. */

const list = document.querySelector("[data-public-url]");
const { publicUrl } = list.dataset;
if (publicUrl && publicUrl !== location.origin) {
  const line = list.querySelector("template").content.cloneNode(true);
  line.querySelector("[data-here]").textContent = location.origin;
  list.prepend(line);
}
