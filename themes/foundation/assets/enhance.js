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
const choice = form?.querySelector("select[name=variant_id]");
choice?.addEventListener("change", () => {
  const { price, image } = choice.selectedOptions[0].dataset;
  document.querySelector("[data-price]").textContent = price;
  if (image) {
    const figure = [...document.querySelectorAll(".product__picture")].find((found) => found.dataset.src === image);
    figure?.parentElement.prepend(figure);
  }
});
