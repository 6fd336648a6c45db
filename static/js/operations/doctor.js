/** Only the browser knows the address at which it sees the site: it says so where PUBLIC_URL differs. */

const notice = document.querySelector("#other-address");
const publicUrl = notice.dataset.publicUrl;
if (publicUrl && publicUrl !== location.origin) {
  notice.querySelector("[data-here]").textContent = location.origin;
  notice.hidden = false;
}
