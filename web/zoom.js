/**
 * A closer look at the same place of both photos.
 *
 * A photo is enlarged for as long as it is held down; the button keeps both so until the next press. The place follows
 * the pointer, or the arrow keys.
 */

const HOLD_MS = 250;
const LEAST_SCALE = 2;
const STEP = 0.1;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export class Zoom {
  #area;
  #button;
  #place = [0.5, 0.5];
  #timer;
  #held = false;

  /**
   * @param {HTMLElement} area what the versions (class "version", each around one photo) are in. It gets the class
   *   "zoomed", and in --zoom-x, --zoom-y and --zoom the place and the scale.
   * @param {HTMLButtonElement} button keeps the photos enlarged.
   */
  constructor(area, button) {
    this.#area = area;
    this.#button = button;
    button.addEventListener("click", () => this.toggle());
    area.addEventListener("pointerdown", (event) => this.#press(event));
    area.addEventListener("pointermove", (event) => this.#follow(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      area.addEventListener(end, () => this.#release());
    }
    // Holding a photo is not choosing it, nor asking for the browser's menu.
    area.addEventListener("click", (event) => this.#held && event.detail > 0 && event.stopPropagation(), true);
    area.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Whether the photos stay enlarged, so that the arrow keys move the place. */
  get kept() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  /** Enlarges the photos until further notice, or shows them whole again. */
  toggle(kept = !this.kept) {
    this.#button.setAttribute("aria-pressed", String(kept));
    this.#lookAt(0.5, 0.5);
    this.#enlarge(kept);
  }

  /** Moves the place by an arrow key; returns whether it was one. */
  move(key) {
    const [x, y] = this.#place;
    const step = ARROWS[key];
    if (step) this.#lookAt(x + step[0], y + step[1]);
    return Boolean(step);
  }

  #press(event) {
    this.#held = false;
    if (event.button !== 0) return;
    this.#timer = setTimeout(() => {
      this.#held = true;
      this.#follow(event);
      this.#enlarge(true);
    }, HOLD_MS);
  }

  #release() {
    clearTimeout(this.#timer);
    if (this.#held) this.#enlarge(this.kept);
  }

  #follow(event) {
    const box = event.target.closest(".version")?.getBoundingClientRect();
    if (box) this.#lookAt((event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height);
  }

  #lookAt(...place) {
    this.#place = place.map((part) => Math.min(Math.max(part, 0), 1));
    const [x, y] = this.#place;
    this.#area.style.setProperty("--zoom-x", `${100 * x}%`);
    this.#area.style.setProperty("--zoom-y", `${100 * y}%`);
  }

  #enlarge(enlarged) {
    // At least to where a pixel of the photo is a pixel of the screen.
    const pixelToPixel = [...this.#area.querySelectorAll("img")].map(
      (photo) => photo.naturalWidth / (photo.offsetWidth * devicePixelRatio),
    );
    this.#area.style.setProperty("--zoom", Math.max(LEAST_SCALE, ...pixelToPixel));
    this.#area.classList.toggle("zoomed", enlarged);
  }
}
