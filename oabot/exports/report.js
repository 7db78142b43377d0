"use strict";
(() => {
  const box = document.getElementById("search");
  const input = box.querySelector("input");
  const said = box.querySelector("output");
  const forms = JSON.parse(box.dataset.forms);
  const plural = new Intl.PluralRules(box.dataset.lang);
  const rows = [...document.querySelectorAll("#cases tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    said.textContent = (forms[plural.select(shown)] || forms.other).replace("$1", shown);
  };
  box.hidden = false;
  input.addEventListener("input", show);
  show();
})();
