// Lays out one worded picture and hands back touches. It knows no flow and holds no sentence.

import { drawCabinet } from "./cabinet.js";
import { play } from "./sounds.js";

const at = (id) => document.getElementById(id);
const SIGNS = {
  turn: "M32 4a28 28 0 1 0 0 56a28 28 0 0 0 0-56zM28 16l18 16l-18 16v-10h-12v-12h12z",
  done: "M32 4a28 28 0 1 0 0 56a28 28 0 0 0 0-56zM27 46l-13-13l5-5l8 8l18-19l5 5z",
  wait: "M14 4h36v8l-14 20l14 20v8H14v-8l14-20L14 12zM22 12l10 14l10-14z",
  person: "M32 4L62 58H2zM29 22h6l-1 20h-4zM29 46h6v6h-6z",
  unknown: "M4 4h56v56H4zM24 25h6q0-6 4-5t1 7l-6 8v6h6v-4l6-9q3-14-8-15q-11 0-9 12zM29 45h6v6h-6z",
};
const BUSY = 1500; // milliseconds after which a touch without an answer may be repeated

let socket = null;
let shown = null;
let lost = { word: "", sentence: "" };
let typed = "";
let busy = 0;

const send = (touch) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(touch));
};

const touch = (what) => {
  if (shown === null || Date.now() < busy) return;
  busy = Date.now() + BUSY;
  document.body.dataset.busy = "true";
  setTimeout(() => delete document.body.dataset.busy, BUSY);
  send({ ...what, turn: shown.turn });
};

// A part is drawn anew only when it changed: a button is never taken from under a finger.
const drawn = new Map();
const part = (id, value, draw) => {
  const now = JSON.stringify(value);
  if (drawn.get(id) === now) return;
  drawn.set(id, now);
  draw(at(id), value);
};

const make = (name, kind, text) => {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  if (text !== undefined) node.textContent = text;
  if (name === "button") node.type = "button";
  return node;
};

const fit = (node, least, tallest = Infinity) => {
  node.style.fontSize = "";
  let size = parseFloat(getComputedStyle(node).fontSize);
  const tight = () => node.scrollWidth > node.clientWidth || node.scrollHeight > tallest;
  while (tight() && size > least) node.style.fontSize = `${(size -= 2)}px`;
};

const text = (id, value) => part(id, value, (node) => (node.textContent = value));

const show = (picture) => {
  if (shown === null || shown.turn !== picture.turn) typed = "";
  shown = picture;
  lost = picture.lost;
  busy = 0;
  delete document.body.dataset.busy;
  document.documentElement.lang = picture.language;
  const tiles = picture.rest === null && picture.choices.length > 0 && picture.slips.length === 0 && picture.keypad === null;
  Object.assign(document.body.dataset, {
    scene: picture.scene,
    colour: picture.colour,
    turn: picture.turn,
    hero: picture.cabinet !== null,
  });
  for (const id of ["brand", "court", "station", "person", "clock"]) text(id, picture[id]);
  part("switch", picture.switch, (node, { language, label }) => {
    node.textContent = label;
    node.onclick = () => send({ language });
  });
  part("sign", picture.colour, (node, colour) => {
    node.innerHTML = `<path fill="currentColor" fill-rule="evenodd" d="${SIGNS[colour]}"/>`;
  });
  text("colour-word", picture.colour_word);
  text("headline", picture.headline);
  text("next", picture.next);
  text("door", picture.cabinet?.doors.find((door) => door.lit)?.number ?? "");
  part("cabinet", picture.cabinet, drawCabinet);
  part("refusal", picture.refusal, drawRefusal);
  part("slips", [picture.slips, picture.progress, picture.more], drawSlips);
  part("tiles", [tiles ? picture.choices : [], picture.turn], drawChoices);
  part("choices", [tiles ? [] : picture.choices, picture.turn], drawChoices);
  part("keypad", [picture.keypad, picture.turn], drawKeypad);
  part("rest", [picture.rest, picture.clock, picture.date], drawRest);
  part("cancel", [picture.cancel, picture.turn], (node, [label]) => {
    node.hidden = label === "";
    node.textContent = label;
    node.onclick = () => touch({ chosen: "cancel" });
  });
  part("print", [picture.print, picture.turn], (node, [label]) => {
    node.hidden = label === "";
    node.textContent = label;
    node.onclick = printSheet;
  });
  part("line", picture.line, drawLine);
  fit(at("headline"), 36, 200); // two lines
  fit(at("next"), 22, 88); // two lines
  // How wide a card is depends on what else is shown, so this comes last and every time.
  for (const title of at("slips").querySelectorAll(".title")) fit(title, 18);
  if (picture.sound) play(picture.sound);
};

// A kiosk browser prints at once; any other shows its dialogue.
const printSheet = () => {
  document.getElementById("sheet")?.remove();
  const frame = make("iframe");
  frame.id = "sheet";
  frame.src = `/sheet.pdf?language=${document.documentElement.lang.replace("-", "_")}`;
  frame.onload = () => frame.contentWindow.print();
  document.body.append(frame);
};

const drawRefusal = (node, refusal) => {
  node.hidden = refusal === null;
  if (refusal === null) return node.replaceChildren();
  const said = make("div");
  said.append(make("strong", "", refusal.word), make("p", "", refusal.sentence));
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sign.setAttribute("viewBox", "0 0 64 64");
  sign.innerHTML = '<path fill="currentColor" fill-rule="evenodd" d="M20 2h24l18 18v24L44 62H20L2 44V20zM28 14h8l-2 24h-4zM28 43h8v8h-8z"/>';
  node.replaceChildren(sign, said);
};

const drawSlips = (node, [slips, progress, more]) => {
  node.hidden = slips.length === 0;
  node.replaceChildren();
  const heading = make("p", "progress", progress);
  if (more) heading.append(make("span", "more", more));
  node.append(heading);
  for (const slip of slips) {
    const card = make("div", slip.ticked ? "slip ticked" : "slip");
    card.append(make("span", "tick", slip.ticked ? "✓" : ""), make("span", "title", slip.title));
    card.setAttribute("aria-label", `${slip.title} ${slip.word}`);
    node.append(card);
  }
};

const drawChoices = (node, [choices]) => {
  node.hidden = choices.length === 0;
  node.replaceChildren(...choices.map(({ id, label }) => {
    const button = make("button", "choice", label);
    button.dataset.choice = id;
    button.onclick = () => touch({ chosen: id });
    return button;
  }));
};

const drawKeypad = (node, [keypad]) => {
  node.hidden = keypad === null;
  if (keypad === null) return node.replaceChildren();
  const display = make("output", "typed");
  const write = () => {
    display.textContent = (keypad.secret ? "●".repeat(typed.length) : typed) || keypad.empty;
    display.classList.toggle("empty", typed === "");
    display.classList.toggle("secret", keypad.secret && typed !== "");
    enter.disabled = typed === "";
  };
  const press = (digit) => {
    if (typed.length < 12) typed += digit; // a code and four digits of a telephone number; too many pages are refused in words
    write();
  };
  const key = (label, act, kind) => {
    const button = make("button", kind, label);
    button.onclick = act;
    return button;
  };
  const enter = key(keypad.enter, () => touch({ number: Number(typed) }), "enter");
  const erase = key(keypad.erase, () => { typed = typed.slice(0, -1); write(); }, "erase");
  const digits = [..."123456789"].map((digit) => key(digit, () => press(digit), "digit"));
  node.replaceChildren(display, ...digits, erase, key("0", () => press("0"), "digit"), enter);
  write();
};

addEventListener("keydown", (event) => {
  const keypad = at("keypad");
  if (keypad.hidden) return;
  const chosen = /^\d$/.test(event.key)
    ? [...keypad.querySelectorAll(".digit")].find((one) => one.textContent === event.key)
    : { Backspace: keypad.querySelector(".erase"), Enter: keypad.querySelector(".enter") }[event.key];
  if (!chosen) return;
  event.preventDefault();
  chosen.click();
});

const drawRest = (node, [rest, clock, date]) => {
  node.hidden = rest === null;
  if (rest === null) return node.replaceChildren();
  const when = make("div", "when");
  when.append(make("time", "", clock), make("span", "", date));
  node.replaceChildren(when);
  const block = (kind, heading, filled) => {
    const section = make("section", kind);
    section.append(make("h2", "", heading), filled);
    node.append(section);
  };
  if (rest.free.length) block("free", rest.free_heading, counts(rest.free));
  if (!rest.waiting_heading) return;
  const people = rest.waiting.length ? counts(rest.waiting) : make("p", "", rest.nobody);
  if (rest.more) people.append(make("span", "more", rest.more));
  block("waiting", rest.waiting_heading, people);
};

const counts = (some) => {
  const list = make("div", "counts");
  for (const { name, count } of some) {
    const one = make("span", "count");
    one.append(make("span", "name", name), make("b", "", count));
    list.append(one);
  }
  return list;
};

const drawLine = (node, line) => {
  node.dataset.state = line.state;
  node.replaceChildren(make("span", "dot"), make("span", "", line.sentence));
};

const gone = () => {
  if (shown === null) return;
  const { word, sentence } = lost;
  show({
    ...shown, scene: "away", turn: 0, colour: "unknown", colour_word: "", headline: word, next: sentence, person: "",
    cabinet: null, refusal: null, slips: [], progress: "", more: "", choices: [], cancel: "", keypad: null, rest: null,
    line: { state: "away", word: "", sentence: "" }, sound: null,
  });
};

const connect = () => {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => show(JSON.parse(data));
  socket.onclose = () => {
    gone();
    setTimeout(connect, 700);
  };
};

addEventListener("contextmenu", (event) => event.preventDefault());
connect();
