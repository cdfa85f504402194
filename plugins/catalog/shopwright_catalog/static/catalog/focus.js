// SPDX-License-Identifier: Apache-2.0
// Sets the point of a picture that stays visible by clicking on it; the number fields beside it do the same.
for (const box of document.querySelectorAll("[data-focus]")) {
  const picture = box.querySelector("img");
  const fields = [...box.querySelectorAll("input")];
  const mark = document.createElement("span");
  mark.className = "focus__mark";
  mark.setAttribute("aria-hidden", "true");
  picture.after(mark);

  const show = () => {
    const [x, y] = fields.map(({ value }) => Math.min(100, Math.max(0, Number(value) || 0)));
    mark.style.left = `${picture.offsetLeft + (picture.offsetWidth * x) / 100}px`;
    mark.style.top = `${picture.offsetTop + (picture.offsetHeight * y) / 100}px`;
  };
  const percent = (part, whole) => Math.min(100, Math.max(0, Math.round((100 * part) / whole)));

  picture.addEventListener("click", ({ offsetX, offsetY }) => {
    fields[0].value = percent(offsetX, picture.offsetWidth);
    fields[1].value = percent(offsetY, picture.offsetHeight);
    show();
  });
  box.addEventListener("input", show);
  box.addEventListener("toggle", show);
  picture.addEventListener("load", show);
}
