// SPDX-License-Identifier: Apache-2.0
// Small comforts; every page works without them.
const badge = document.querySelector("[data-cart-badge]");
if (badge) {
  fetch(badge.dataset.cartBadge, { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .then(({ quantity }) => {
      const count = badge.querySelector("[data-cart-count]");
      count.textContent = quantity;
      count.hidden = quantity === 0;
    })
    .catch(() => {});
}

const form = document.querySelector("[data-product-form]");
form?.addEventListener("change", ({ target }) => {
  if (target.name !== "variant_id") return;
  const { price, was, image, left } = (target.selectedOptions?.[0] ?? target).dataset;
  const shown = document.querySelector("[data-price]");
  shown.querySelector("[data-now]").textContent = price;
  shown.querySelector("[data-was]").textContent = was;
  shown.querySelector("s").hidden = !was;
  form.querySelector("[data-left]").textContent = left;
  const figure = [...document.querySelectorAll(".product__picture")].find(({ dataset }) => dataset.src === image);
  const wide = figure?.parentElement.querySelector("source")?.sizes;
  if (wide) for (const source of figure.querySelectorAll("source")) source.sizes = wide;
  figure?.parentElement.prepend(figure);
});

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
});
