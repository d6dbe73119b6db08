// A figure's picture as an SVG that needs no page: what the page has laid out, element by element. It holds no HTML,
// so that drawing programs open it too, and every browser paints it into a PNG.
// @ts-check

// What of a style SVG elements keep: the page's rules are not there in the picture.
const PAINTED = `fill fill-opacity fill-rule stroke stroke-width stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
stroke-opacity vector-effect stop-color stop-opacity paint-order opacity font-family font-size font-style font-weight letter-spacing text-anchor dominant-baseline
transform transform-origin cx cy r rx ry x y width height`.split(/\s+/);
const COLOURED = ["fill", "stroke", "stop-color"];
const PLACED = ["cx", "cy", "r", "rx", "ry", "x", "y", "width", "height"]; // geometry that a style may set
const INITIAL = { none: 1, auto: 1, normal: 1, "0px": 1 }; // values that need not be written
const HEAD = 46; // units above what the figure shows
const FOOT = 30;
const SIDE = 18;

class Picture {
  /** @param {HTMLElement} body  what a figure shows */
  constructor(body) {
    const { left, top, width, height } = body.getBoundingClientRect();
    this.left = left - SIDE;
    this.top = top - HEAD;
    this.clips = 0;
    this.pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    const size = { width: width + 2 * SIDE, height: height + HEAD + FOOT };
    this.svg = drawn("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: `0 0 ${size.width} ${size.height}` });
    const sheet = plainColour(getComputedStyle(body).backgroundColor) ?? "white";
    this.svg.append(drawn("rect", { width: size.width, height: size.height, fill: sheet }));
    for (const child of body.childNodes) this.take(child, this.svg);
    this.size = size;
  }

  /**
   * Write a line of text that the page does not show there.
   *
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {HTMLElement} like  whose face and colour it takes
   * @param {Record<string, string | number>} [more]
   */
  line(text, x, y, like, more = {}) {
    this.svg.append(drawn("text", { x, y, ...this.letters(getComputedStyle(like)), ...more }, text));
  }

  /**
   * @param {Node} node
   * @param {Element} into
   */
  take(node, into) {
    if (node instanceof Text) this.text(node, into);
    else if (node instanceof SVGSVGElement) this.vector(node, into);
    else if (node instanceof Element) this.element(node, into);
  }

  /**
   * @param {Element} element
   * @param {Element} into
   */
  element(element, into) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const hidden = style.display === "none" || style.clipPath.startsWith("inset(50%") || Number(style.opacity) === 0;
    if (hidden || (style.display !== "contents" && element.getClientRects().length === 0)) return;
    let group = into;
    if (Number(style.opacity) < 1) into.append((group = drawn("g", { opacity: style.opacity })));
    const seen = style.visibility === "visible";
    if (seen) this.box(style, box, group);
    if (seen) this.mark(style, box, group);
    if (style.overflowX !== "visible" || style.overflowY !== "visible") group.append((group = this.clipped(box)));
    if (element instanceof HTMLImageElement) {
      if (seen) group.append(drawn("image", { ...this.place(box), href: element.src, preserveAspectRatio: "none" }));
    } else if (element instanceof HTMLCanvasElement) {
      if (seen) group.append(drawn("image", { ...this.place(box), href: element.toDataURL(), preserveAspectRatio: "none" }));
    } else if (element.matches("input, select, textarea, progress")) {
      if (seen) this.field(/** @type {HTMLInputElement} */ (element), style, box, group);
    } else {
      const closed = element instanceof HTMLDetailsElement && !element.open;
      this.pseudo(element, "::before", group);
      for (const child of element.childNodes) if (!closed || child.nodeName === "SUMMARY") this.take(child, group);
      this.pseudo(element, "::after", group);
    }
  }

  /**
   * What a style sheet puts before or after an element has no place that a script could ask for: an element with the
   * same styles stands in for it, for a moment in which nothing is painted.
   *
   * @param {Element} element
   * @param {"::before" | "::after"} which
   * @param {Element} into
   */
  pseudo(element, which, into) {
    const style = getComputedStyle(element, which);
    if (["none", "normal", ""].includes(style.content) || style.display === "none") return;
    const stand = document.createElement("span");
    for (const name of style) stand.style.setProperty(name, style.getPropertyValue(name));
    stand.textContent = style.content.match(/^"(.*)"/)?.[1].replace(/\\(.)/g, "$1") ?? "";
    element.toggleAttribute("data-pictured", true);
    element[which === "::before" ? "prepend" : "append"](stand);
    this.element(stand, into);
    stand.remove();
    element.removeAttribute("data-pictured");
  }

  /** @param {DOMRect} box */
  clipped(box) {
    const id = `clip-${++this.clips}`;
    this.svg.append(drawn("clipPath", { id }, drawn("rect", this.place(box))));
    return drawn("g", { "clip-path": `url(#${id})` });
  }

  /** @param {{ left: number, top: number, width: number, height: number }} box */
  place({ left, top, width, height }) {
    return { x: left - this.left, y: top - this.top, width, height };
  }

  /**
   * Its ground and its edges.
   *
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   * @param {Element} into
   */
  box(style, box, into) {
    const sides = /** @type {const} */ (["Top", "Right", "Bottom", "Left"]).map((side) => ({
      width: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]),
      stroke: plainColour(style[`border${side}Color`]),
      dash: style[`border${side}Style`],
    }));
    const [first] = sides;
    const even = first.width > 0 && sides.every(({ width, stroke }) => width === first.width && stroke === first.stroke);
    const edge = even ? first.width / 2 : 0;
    const { x, y, width, height } = this.place(box);
    const fill = plainColour(style.backgroundColor);
    if (!width || !height) return;
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
    if (fill || (even && first.stroke)) {
      const at = { x: x + edge, y: y + edge, width: width - 2 * edge, height: height - 2 * edge, rx: radius };
      const stroke = even && first.stroke ? { stroke: first.stroke, "stroke-width": first.width, "stroke-dasharray": dashes(first) } : {};
      into.append(drawn("rect", { ...at, fill: fill ?? "none", ...stroke }));
    }
    this.ground(style, box, into);
    if (even) return;
    const [top, right, bottom, left] = sides;
    for (const [side, x1, y1, x2, y2] of /** @type {const} */ ([
      [top, x, y + top.width / 2, x + width, y + top.width / 2],
      [right, x + width - right.width / 2, y, x + width - right.width / 2, y + height],
      [bottom, x, y + height - bottom.width / 2, x + width, y + height - bottom.width / 2],
      [left, x + left.width / 2, y, x + left.width / 2, y + height],
    ]))
      if (side.width && side.stroke) into.append(drawn("line", { x1, y1, x2, y2, stroke: side.stroke, "stroke-width": side.width, "stroke-dasharray": dashes(side) }));
  }

  /**
   * Bars are often grounds of two colours, or of one that fills a part.
   *
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   * @param {Element} into
   */
  ground(style, box, into) {
    const [, inner] = style.backgroundImage.match(/^linear-gradient\((.*)\)$/) ?? [];
    const parts = inner?.split(/,\s*(?![^(]*\))/) ?? [];
    const way = /^(?:to |-?[\d.]+deg)/.test(parts[0] ?? "") ? String(parts.shift()) : "180deg";
    if (parts.length !== 2) return;
    const [first, second] = parts.map((part) => plainColour(part.replace(/(\))\s.*$|\s+-?[\d.]+(?:%|px).*$/, "$1")));
    const share = Number(parts[0].match(/([\d.]+)%\s*$/)?.[1] ?? 0) / 100;
    const { x, y, width, height } = this.place(box);
    const [wide, high] = [style.backgroundSize.split(" ")[0], style.backgroundSize.split(" ")[1] ?? "auto"];
    const w = partOf(wide, width);
    const h = partOf(high, height);
    const [right, down] = style.backgroundPosition.split(" ");
    const at = { x: x + partOf(right, width - w, 0), y: y + partOf(down, height - h, 0), width: w, height: h };
    if (first === second) return void (first && w > 0 && into.append(drawn("rect", { ...at, fill: first })));
    if (second) into.append(drawn("rect", { ...at, fill: second }));
    const cut = way === "to top" || way === "0deg" ? { y: at.y + h * (1 - share), height: h * share } : way === "180deg" ? { height: h * share } : { width: w * share };
    if (first && share > 0) into.append(drawn("rect", { ...at, ...cut, fill: first }));
  }

  /**
   * What marks it as chosen: an outline, or a shadow without a blur.
   *
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   * @param {Element} into
   */
  mark(style, box, into) {
    const { x, y, width, height } = this.place(box);
    /** @type {(gap: number, line: number, stroke: string | null) => void} */
    const frame = (gap, line, stroke) =>
      into.append(drawn("rect", { x: x - gap, y: y - gap, width: width + 2 * gap, height: height + 2 * gap, fill: "none", stroke, "stroke-width": line }));
    const outline = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    if (outline) frame(parseFloat(style.outlineOffset) + outline / 2, outline, plainColour(style.outlineColor));
    const shadow = style.boxShadow.match(/^(.+\)) (-?[\d.]+)px (-?[\d.]+)px 0px ([\d.]+)px( inset)?$/);
    if (!shadow) return;
    const [right, down, spread] = shadow.slice(2, 5).map(Number);
    const stroke = plainColour(shadow[1]);
    if (spread) frame(shadow[5] ? -spread / 2 : spread / 2, spread, stroke);
    else if (shadow[5] && right > 0) into.append(drawn("rect", { x, y, width: right, height, fill: stroke }));
    else if (shadow[5] && down < 0) into.append(drawn("rect", { x, y: y + height + down, width, height: -down, fill: stroke }));
  }

  /** @param {CSSStyleDeclaration} style */
  letters(style) {
    return {
      "font-family": style.fontFamily.replaceAll('"', "'"),
      "font-size": style.fontSize,
      "font-weight": style.fontWeight === "400" ? null : style.fontWeight,
      "font-style": style.fontStyle === "normal" ? null : style.fontStyle,
      "letter-spacing": style.letterSpacing === "normal" ? null : style.letterSpacing,
      fill: plainColour(style.color),
    };
  }

  /**
   * Text stands where the page broke it into lines.
   *
   * @param {Text} node
   * @param {Element} into
   */
  text(node, into) {
    const owner = node.parentElement;
    if (!owner || !node.data.trim()) return;
    const style = getComputedStyle(owner);
    if (style.visibility !== "visible") return;
    const keepsSpace = style.whiteSpace.startsWith("pre") || style.whiteSpace.startsWith("break");
    const range = document.createRange();
    /** @type {{ text: string, left: number, right: number, top: number, height: number }[]} */
    const lines = [];
    for (const { index, 0: word } of node.data.matchAll(/\S+|\s+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
      if (!rects.length) continue;
      // A word that is broken itself is taken letter by letter.
      const pieces = rects.length === 1 ? [[word, rects[0]]] : [...word].map((letter, i) => {
        range.setStart(node, index + [...word].slice(0, i).join("").length);
        range.setEnd(node, range.startOffset + letter.length);
        return [letter, range.getClientRects()[0]];
      });
      for (const [piece, rect] of /** @type {[string, DOMRect | undefined][]} */ (pieces)) {
        if (!rect) continue;
        const last = lines.at(-1);
        if (last && Math.abs(last.top - rect.top) < 2) {
          last.text += piece;
          last.right = Math.max(last.right, rect.right);
        } else if (piece.trim() || keepsSpace) lines.push({ text: piece, left: rect.left, right: rect.right, top: rect.top, height: rect.height });
      }
    }
    for (const { text, left, right, top, height } of lines) {
      const shown = text.replace(/\s+/g, keepsSpace ? "\u00a0" : " ");
      if (shown.trim()) this.write(shown.trimEnd(), left, right, top, height, style, into, shown !== shown.trimEnd());
    }
  }

  /**
   * @param {string} text
   * @param {number} left
   * @param {number} right
   * @param {number} top
   * @param {number} height
   * @param {CSSStyleDeclaration} style
   * @param {Element} into
   * @param {boolean} cut  whether space at its end was left out
   */
  write(text, left, right, top, height, style, into, cut) {
    this.pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = this.pen.measureText(text);
    const y = top - this.top + (height - up - down) / 2 + up;
    const cased = style.textTransform === "uppercase" ? text.toUpperCase() : text;
    // Where the faces are not at hand, it keeps its length.
    const length = cut || text.length < 2 ? {} : { textLength: right - left, lengthAdjust: "spacingAndGlyphs" };
    into.append(drawn("text", { x: left - this.left, y, ...this.letters(style), ...length }, cased));
  }

  /**
   * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLProgressElement} field
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   * @param {Element} into
   */
  field(field, style, box, into) {
    const { x, y, width, height } = this.place(box);
    const accent = plainColour(style.accentColor) ?? plainColour(style.color);
    const middle = y + height / 2;
    if (field instanceof HTMLInputElement && ["checkbox", "radio", "file"].includes(field.type)) return;
    if (field instanceof HTMLProgressElement || (field instanceof HTMLInputElement && field.type === "range")) {
      const isBar = field instanceof HTMLProgressElement;
      const low = isBar ? 0 : Number(field.min || 0);
      const high = isBar ? field.max : Number(field.max || 100);
      const at = x + 8 + (width - 16) * (high > low ? (Number(field.value) - low) / (high - low) : 0);
      const rail = { y1: middle, y2: middle, "stroke-width": 4, "stroke-linecap": "round" };
      into.append(drawn("line", { x1: x + 8, x2: x + width - 8, ...rail, stroke: plainColour(style.color), "stroke-opacity": 0.25 }));
      if (at > x + 8) into.append(drawn("line", { x1: x + 8, x2: at, ...rail, stroke: accent }));
      if (!isBar) into.append(drawn("circle", { cx: at, cy: middle, r: 7, fill: accent }));
      return;
    }
    const text = field instanceof HTMLSelectElement ? (field.selectedOptions[0]?.text ?? "") : field.value;
    const inner = x + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
    const step = parseFloat(style.lineHeight) || parseFloat(style.fontSize) * 1.4;
    const rows = text.split("\n");
    const first = field instanceof HTMLTextAreaElement ? y + parseFloat(style.paddingTop) + step * 0.72 - field.scrollTop : middle + parseFloat(style.fontSize) * 0.34;
    const group = this.clipped(box);
    rows.forEach((row, i) => group.append(drawn("text", { x: inner, y: first + i * step, ...this.letters(style), "xml:space": "preserve" }, row.replaceAll(" ", "\u00a0"))));
    into.append(group);
  }

  /**
   * A picture that is SVG already: with the styles that the page's rules give it.
   *
   * @param {SVGSVGElement} svg
   * @param {Element} into
   */
  vector(svg, into) {
    const style = getComputedStyle(svg);
    const box = svg.getBoundingClientRect();
    if (style.display === "none" || style.visibility !== "visible" || !box.width || !box.height) return;
    const copy = this.painted(svg);
    if (!copy) return;
    for (const [key, value] of Object.entries(this.place(box))) copy.setAttribute(key, String(value));
    copy.setAttribute("viewBox", svg.getAttribute("viewBox") ?? `0 0 ${box.width} ${box.height}`);
    copy.setAttribute("overflow", style.overflow === "visible" ? "visible" : "hidden");
    for (const name of ["style", "opacity", "transform", "transform-origin"]) copy.removeAttribute(name);
    if (Number(style.opacity) < 1) copy.setAttribute("opacity", style.opacity);
    const aspect = svg.getAttribute("preserveAspectRatio");
    if (aspect) copy.setAttribute("preserveAspectRatio", aspect);
    this.box(style, box, into);
    into.append(copy);
    this.mark(style, box, into);
  }

  /**
   * @param {Element} element
   * @returns {Element | null}
   */
  painted(element) {
    const style = getComputedStyle(element);
    if (style.display === "none") return null;
    const copy = drawn(element.localName, {});
    for (const { name, value } of element.attributes)
      if (!/^(?:class|style|role|tabindex|hidden|focusable|aria-.*|data-.*|on.*)$/.test(name)) copy.setAttribute(name, value);
    for (const name of PAINTED) {
      const value = style.getPropertyValue(name);
      if (!value || (value in INITIAL && !COLOURED.includes(name)) || (name.startsWith("stop-") && !(element instanceof SVGStopElement))) continue;
      if (PLACED.includes(name)) {
        // As an attribute, where the element knows it: drawing programs do not read it in a style.
        if (element instanceof SVGGeometryElement && value.endsWith("px") && name in element) copy.setAttribute(name, value.slice(0, -2));
      } else if (name === "transform") copy.setAttribute(name, value);
      else if (name === "transform-origin") {
        if (style.transform !== "none" && element.getAttribute("transform") === null) copy.setAttribute("style", `transform-box:${style.transformBox};transform-origin:${value}`);
      } else if (COLOURED.includes(name)) copy.setAttribute(name, value.startsWith("url") ? value.replaceAll('"', "") : (plainColour(value) ?? "none"));
      else copy.setAttribute(name, value.replaceAll('"', "'"));
    }
    if (style.visibility !== "visible") copy.setAttribute("visibility", "hidden");
    for (const child of element.childNodes) {
      if (child instanceof Text) copy.append(child.data);
      else if (child instanceof SVGElement) {
        const made = this.painted(child);
        if (made) copy.append(made);
      } else if (child instanceof Element) this.element(child, this.svg);
    }
    return copy;
  }
}
