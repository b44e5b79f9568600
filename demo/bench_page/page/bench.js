// Hands for the simulated hardware. Whether a door moves is the steel's answer, never this page's.

const at = (id) => document.getElementById(id);
const STEPS = ["badge", "label", "pull", "push"];
const SCREEN = { width: 1280, height: 800 };

let scene = null;
let socket = null;
let language = new URLSearchParams(location.search).get("lang") ?? "zh_CN";
let stand = null;
let step = 0;
const states = new Map();

const say = (key, fields = {}) =>
  (scene.words[`bench.${key}`] ?? `bench.${key}`).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? name);

const make = (name, kind, text) => {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  if (text !== undefined) node.textContent = text;
  if (name === "button") node.type = "button";
  return node;
};

const tell = (text, bad) => {
  at("told").textContent = text;
  at("told").dataset.bad = bad ?? false;
};

const order = (what) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ stand: stand.name, ...what }));
  else tell(say("lost"), true);
};

const nameOf = ({ name, title, doors }) => title || say(doors.length ? "stand.cabinet" : "stand.station", { name });

const here = () => states.get(stand.name) ?? { there: true, powered: true, doors: [] };
const stateOf = (name) => here().doors.find((door) => door.name === name);

const draw = () => {
  document.documentElement.lang = language.replace("_", "-");
  document.title = `${say("title")} · 云柜 Yungui`;
  at("title").textContent = say("title");
  at("switch").textContent = say("switch");
  for (const id of ["screen", "badges", "labels"]) at(`${id}-heading`).textContent = say(id);
  at("search").placeholder = say("search");
  at("search").setAttribute("aria-label", say("search"));
  at("stands").replaceChildren(...scene.stands.map((one) => {
    const tab = make("button", "tab", nameOf(one));
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", one === stand);
    tab.onclick = () => stepTo(one);
    return tab;
  }));
  drawScreens();
  drawBadges();
  drawLabels();
  drawSteel();
};

const stepTo = (one) => {
  stand = one;
  step = 0;
  tell("");
  draw();
};

// Every kiosk keeps its page; only one is in sight.
const drawScreens = () => {
  for (const one of scene.stands) {
    let frame = document.querySelector(`iframe[data-stand="${one.name}"]`);
    if (frame === null) {
      frame = make("iframe");
      Object.assign(frame, { src: one.kiosk, allow: "autoplay", title: nameOf(one), ...SCREEN });
      frame.dataset.stand = one.name;
      at("screen").append(frame);
    }
    frame.hidden = one.name !== stand.name;
  }
};

const drawHint = () => {
  const doors = stand.doors.length > 0;
  const shown = doors ? STEPS : STEPS.slice(0, 2);
  const items = shown.map((name, number) => {
    const item = make("li", number === step ? "now" : "", say(`hint.${name}`));
    item.dataset.step = name;
    return item;
  });
  if (!doors) items.push(make("li", "aside", say("hint.station")));
  at("hint").replaceChildren(...items);
};

const drawBadges = () => {
  at("badges").replaceChildren(...scene.badges.map((badge) => {
    const card = make("button", "badge");
    card.append(make("b", "", badge.name), make("span", "", badge.role));
    card.dataset.badge = badge.text;
    card.onclick = () => {
      order({ do: "badge", text: badge.text });
      tell(say("felt.badge", { name: badge.name }));
      step = 1;
      drawHint();
    };
    return card;
  }));
};

const drawLabels = () => {
  const wanted = at("search").value.trim().toLowerCase();
  const found = scene.labels.filter(({ text, title }) => `${title} ${text}`.toLowerCase().includes(wanted));
  at("labels").replaceChildren(...found.map((label) => {
    const row = make("button", `label ${label.kind}`);
    row.append(make("span", "name", label.title), make("code", "", label.text), make("span", "kind", say(`kind.${label.kind}`)));
    row.dataset.label = label.text;
    row.onclick = () => {
      order({ do: "label", text: label.text });
      tell(say("felt.label", { name: label.title }));
      step = stand.doors.length > 0 && stepOfDoors() === null ? 2 : step;
      drawHint();
      row.classList.add("read");
      setTimeout(() => row.classList.remove("read"), 700);
    };
    return row;
  }));
  if (found.length === 0) at("labels").append(make("p", "none", say("none")));
};

const stepOfDoors = () => {
  if (here().doors.some((door) => door.at === "open")) return 3;
  return here().doors.some((door) => door.at === "ajar") ? 2 : null;
};

const drawSteel = () => {
  const steel = at("steel");
  const { there, powered } = here();
  at("front-heading").textContent = say(stand.doors.length ? "steel" : "desk");
  steel.dataset.powered = powered;
  steel.className = stand.doors.length ? "cabinet" : "desk";
  const power = at("power");
  power.hidden = stand.doors.length === 0;
  power.textContent = say(powered ? "power.off" : "power.on");
  power.onclick = () => order({ do: "power", on: !powered });
  if (!there) tell(say("felt.away"), true);
  else if (!powered && stand.doors.length) tell(say("power.dark"), true);
  drawHint();
  if (stand.doors.length === 0) return drawDesk(steel);
  const rows = [];
  for (const door of stand.doors) rows[door.row - 1] = Math.max(rows[door.row - 1] ?? 1, door.height);
  steel.style.gridTemplateRows = rows.map((weight) => `minmax(0, ${weight ?? 1}fr)`).join(" ");
  if (steel.dataset.stand !== stand.name) {
    steel.dataset.stand = stand.name;
    steel.replaceChildren(...stand.doors.map(makeDoor));
  }
  for (const node of steel.querySelectorAll(".door")) {
    const state = stateOf(node.dataset.door);
    node.dataset.at = state?.at ?? "unknown";
    node.setAttribute("aria-label", `${say("door", { number: node.dataset.door })} ${state ? say(`at.${state.at}`) : ""}`);
  }
};

const makeDoor = (door) => {
  const node = make("button", "door");
  node.dataset.door = door.name;
  node.style.gridRow = door.row;
  node.style.gridColumn = door.column;
  const leaf = make("span", "leaf");
  leaf.append(make("span", "number", door.name), make("span", "handle"));
  node.append(make("span", "inside", door.name), leaf);
  node.onclick = () => order({ do: stateOf(door.name)?.at === "open" ? "push" : "pull", door: door.name });
  return node;
};

const drawDesk = (steel) => {
  delete steel.dataset.stand;
  steel.replaceChildren(make("span", "reader"), make("span", "scanner"));
};

const felt = ({ do: did, door, felt: how }) => {
  const number = door;
  if (how === "away" || how === "refused") return tell(say(`felt.${how}`), true);
  if (did !== "pull" && did !== "push") return;
  if (how === "held") {
    tell(say(did === "pull" ? "felt.held" : "felt.jammed", { number }), true);
    const node = document.querySelector(`[data-door="${CSS.escape(door)}"]`);
    node?.classList.remove("shaken");
    void node?.offsetWidth; // so that a second shake begins anew
    node?.classList.add("shaken");
  } else if (how === "moved") {
    tell(say(did === "pull" ? "felt.opened" : "felt.shut", { number }));
    step = did === "pull" ? 3 : 0;
    drawHint();
  }
};

const connect = () => {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.felt) return felt(message.felt);
    const before = states.get(message.state.stand);
    states.set(message.state.stand, message.state);
    if (message.state.doors.length && !scene.stands.find((one) => one.name === message.state.stand).doors.length) return load();
    if (message.state.stand !== stand.name) return;
    if (before && (!before.there || !before.powered) && message.state.there && message.state.powered) tell("");
    const now = stepOfDoors();
    if (now !== null) step = now;
    drawSteel();
  };
  socket.onclose = () => {
    tell(say("lost"), true);
    setTimeout(connect, 1000);
  };
};

const load = async () => {
  scene = await (await fetch(`/scene?lang=${language}`)).json();
  stand = scene.stands.find((one) => one.name === stand?.name) ?? scene.stands[0];
  draw();
};

const fitScreen = () => {
  const scale = at("screen").clientWidth / SCREEN.width;
  at("screen").style.setProperty("--scale", scale);
  at("screen").style.height = `${SCREEN.height * scale}px`;
};

at("search").oninput = drawLabels;
at("switch").onclick = async () => {
  language = say("language");
  tell("");
  await load();
};
new ResizeObserver(fitScreen).observe(at("screen"));
await load();
connect();
