// The cabinet as it stands: numbers and proportions of the steel, each door as it was sensed.

const NS = "http://www.w3.org/2000/svg";
const HEIGHT = 58;
const SHAPE = 1.5; // of the drawing, so that it fills its frame
const GAP = 8;
const FRAME = 16;

const make = (name, attributes, text) => {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
};

export const drawCabinet = (figure, cabinet) => {
  figure.replaceChildren();
  if (cabinet === null) return;
  const tops = [FRAME];
  for (const weight of cabinet.rows) tops.push(tops.at(-1) + weight * HEIGHT + GAP);
  const height = tops.at(-1) - GAP + FRAME;
  const share = (SHAPE * height - 2 * FRAME + GAP) / cabinet.columns - GAP;
  const cell = Math.min(Math.max(share, 130), 210);
  const width = cabinet.columns * (cell + GAP) - GAP + 2 * FRAME;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height + 14}`, role: "img", "aria-label": cabinet.name });
  // Many doors are drawn small: their numbers must still be read from where one stands.
  svg.classList.toggle("dense", height > 520);
  svg.append(patterns());
  for (const x of [FRAME, width - FRAME - 46]) svg.append(make("rect", { x, y: height - 2, width: 46, height: 14, class: "foot" }));
  svg.append(make("rect", { x: 1, y: 1, width: width - 2, height: height - 2, rx: 8, class: "body" }));
  const doors = cabinet.doors.map((door) => drawDoor(door, {
    x: FRAME + door.column * (cell + GAP),
    y: tops[door.row],
    w: cell,
    h: cabinet.rows[door.row] * HEIGHT,
  }));
  // A lit or open door reaches over its neighbours.
  doors.sort((one, other) => rank(one) - rank(other));
  svg.append(...doors);
  figure.append(svg);
};

const rank = (node) => (node.dataset.lit === "true" ? 2 : node.dataset.shape === "open" ? 1 : 0);

const patterns = () => {
  const defs = make("defs", {});
  const hatch = make("pattern", { id: "hatch", width: 12, height: 12, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatch.append(make("rect", { width: 12, height: 12, class: "hatch-ground" }), make("rect", { width: 5, height: 12, class: "hatch-line" }));
  const steel = make("linearGradient", { id: "steel", x1: 0, y1: 0, x2: 0, y2: 1 });
  steel.append(make("stop", { offset: 0, "stop-color": "#fbfcfd" }), make("stop", { offset: 1, "stop-color": "#dfe5ea" }));
  defs.append(hatch, steel);
  return defs;
};

const drawDoor = (door, { x, y, w, h }) => {
  const group = make("g", { class: "door" });
  Object.assign(group.dataset, { number: door.number, shape: door.shape, lit: door.lit });
  const middle = y + h / 2;
  group.append(make("rect", { x, y, width: w, height: h, rx: 4, class: "leaf" }));
  if (door.shape === "open") {
    const edge = x + w * 0.26;
    group.append(make("polygon", { points: `${x},${y} ${edge},${y - 7} ${edge},${y + h + 7} ${x},${y + h}`, class: "swung" }));
    group.append(make("circle", { cx: edge - 8, cy: middle, r: 4, class: "lock" }));
    group.append(make("text", { x: x + w * 0.3, y: middle, class: "number" }, door.number));
    group.append(make("text", { x: x + w - 10, y: middle, class: "word" }, door.word));
  } else if (door.shape === "shut") {
    group.append(make("text", { x: x + 12, y: middle, class: "number" }, door.number));
    group.append(make("rect", { x: x + w - 18, y: middle - 11, width: 7, height: 22, rx: 3, class: "handle" }));
    if (!door.free) group.append(spines(x + w - 52, middle));
  } else {
    group.append(make("text", { x: x + 10, y: middle, class: "number" }, door.number));
    group.append(make("text", { x: x + w - 9, y: middle, class: "word" }, door.word));
  }
  const around = { x: x - 4, y: y - 4, width: w + 8, height: h + 8, rx: 7 };
  if (door.lit) group.append(make("rect", { ...around, class: "casing" }), make("rect", { ...around, class: "light" }));
  return group;
};

const spines = (x, middle) => {
  const group = make("g", { class: "spines" });
  for (const [offset, height] of [[0, 22], [8, 26], [16, 19]]) {
    group.append(make("rect", { x: x + offset, y: middle + 13 - height, width: 6, height, rx: 1 }));
  }
  return group;
};
