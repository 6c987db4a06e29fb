/** The manual settings of /adjust_image, in the order in which they are shown: lowest and highest value, and step. */

const PERCENT = { low: -100, high: 100, step: 1 };
const AMOUNT = { low: 0, high: 100, step: 1 };

export const GROUPS = {
  light: {
    exposure: { low: -4, high: 4, step: 0.05, unit: "stops" },
    contrast: PERCENT,
    highlights: PERCENT,
    shadows: PERCENT,
  },
  colour: { temperature: PERCENT, tint: PERCENT, saturation: PERCENT },
  detail: { sharpness: AMOUNT, noise_reduction: AMOUNT },
  geometry: { angle: { low: -45, high: 45, step: 0.1, unit: "degrees" } },
};
