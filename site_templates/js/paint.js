// What a browser computed of a style, as attributes of SVG that every program reads: colours, lengths, dashes.
// @ts-check

/** One point, to ask the browser what colour a value is. @type {CanvasRenderingContext2D | null} */
let dot = null;
/** @type {Map<string, string>} */
const colours = new Map();

/**
 * A colour as every program reads it; null for one that is not seen.
 *
 * @param {string} value  as the browser computed it, in whatever colour space
 */
function plainColour(value) {
  if (!value || value === "none" || value === "transparent") return null;
  const known = colours.get(value);
  if (known !== undefined) return known || null;
  if (!dot) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    dot = canvas.getContext("2d", { willReadFrequently: true });
  }
  if (!dot) return value;
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = value;
  dot.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = dot.getImageData(0, 0, 1, 1).data;
  const plain = alpha === 0 ? "" : alpha === 255 ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(3)})`;
  colours.set(value, plain);
  return plain || null;
}

/**
 * @param {string} name
 * @param {Record<string, string | number | null | undefined>} attributes
 * @param {...(Node | string)} children
 */
function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== "") made.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  made.append(...children);
  return made;
}

/**
 * A length of a style in pixels: "37%" of the whole, "4px", or all of it.
 *
 * @param {string} length
 * @param {number} whole
 * @param {number} auto
 */
function partOf(length, whole, auto = whole) {
  const number = parseFloat(length);
  return Number.isNaN(number) ? auto : length.includes("%") ? (number / 100) * whole : number;
}

/** @param {{ width: number, dash: string }} edge */
function dashes({ width, dash }) {
  return dash === "dashed" ? `${3 * width} ${2 * width}` : dash === "dotted" ? `${width} ${width}` : "";
}
