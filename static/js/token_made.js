/** The page that shows a new token: a button copies it. */

import { copy } from "./clipboard.js";
import { toast } from "./toast.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const isCopied = await copy(document.getElementById(button.dataset.copy).textContent);
    toast(isCopied ? "Token copied" : "Copying is not allowed here: select the token and copy it.");
  });
}
