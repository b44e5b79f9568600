// Hands for the simulated hardware. Whether a door moves is the steel's answer, never this page's.

const at = (id) => document.getElementById(id);
const STEPS = ["badge", "label", "pull", "push"];
const SCREEN = { width: 1280, height: 800 };

let scene = null;
let socket = null;
let language = new URLSearchParams(location.search).get("lang") ?? "zh_CN";
let stand = null;
let step = 0;
let tool = "hand"; // or lever, jam: what the next touch of a door is done with
let flow = null; // which one the badges are shown for
let toured = -1; // the step of the tour; before it begins and after it is left, -1
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

const here = () => states.get(stand.name) ?? { there: true, powered: true, wired: true, doors: [] };
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
    tab.dataset.stand = one.name;
    tab.onclick = () => stepTo(one);
    return tab;
  }));
  at("guide").textContent = say("guide");
  at("guide").onclick = () => tourTo(0);
  at("hub").textContent = say("hub");
  at("hub").hidden = !scene.hub;
  at("hub").href = scene.hub;
  at("hub").onclick = () => felt_of("hub", "");
  drawScreens();
  drawFlows();
  drawBadges();
  drawLabels();
  drawSteel();
  drawTour();
};

const stepTo = (one) => {
  stand = one;
  step = 0;
  tool = "hand";
  tell("");
  draw();
  felt_of("stand", one.name);
};

// --- the tour: it sees by itself what was done

const tourTo = (number) => {
  toured = number < scene.tour.length ? number : -1;
  localStorage.setItem("toured", toured);
  if (number === scene.tour.length) tell(say("tour.end"));
  const now = scene.tour[toured];
  if (now && now.stand !== stand.name && now.done[0] !== "stand") stepTo(scene.stands.find((one) => one.name === now.stand) ?? stand);
  else draw();
};

const felt_of = (kind, value) => {
  const now = scene.tour[toured];
  if (now && now.done[0] === kind && now.done[1] === value) tourTo(toured + 1);
};

const targetOf = ([kind, value]) => ({
  badge: () => document.querySelector(`[data-badge="${CSS.escape(value)}"]`),
  label: () => document.querySelector(`[data-label="${CSS.escape(value)}"]`),
  stand: () => document.querySelector(`.tab[data-stand="${CSS.escape(value)}"]`),
}[kind] ?? (() => at(kind)))();

const drawTour = () => {
  for (const one of document.querySelectorAll(".here")) one.classList.remove("here");
  const now = scene.tour[toured];
  at("hint").hidden = now !== undefined;
  at("tour").hidden = now === undefined;
  if (now === undefined) return;
  if (at("tour").dataset.shown !== `${toured} ${language}`) {
    at("tour").dataset.shown = `${toured} ${language}`; // a button is never taken from under a finger
    const leave = make("button", "", say("tour.leave"));
    leave.onclick = () => tourTo(-1);
    at("tour").replaceChildren(
      make("b", "", `${toured + 1} / ${scene.tour.length}`),
      make("span", "", say(`tour.${now.key}`)),
      leave,
    );
  }
  const target = targetOf(now.here);
  target?.classList.add("here");
  target?.scrollIntoView({ block: "nearest" });
};

// --- everything that can be done, and by whom

const drawFlows = () => {
  at("flows-heading").textContent = say("flows");
  at("flows").replaceChildren(...scene.flows.map((one) => {
    const button = make("button", "flow", one.title);
    button.dataset.flow = one.name;
    button.setAttribute("aria-pressed", flow === one.name);
    button.onclick = () => {
      flow = flow === one.name ? null : one.name;
      if (flow !== null && !one.at.includes(stand.kind)) stand = scene.stands.find(({ kind }) => one.at.includes(kind)) ?? stand;
      draw();
      if (flow === null) return tell("");
      const how = `bench.flow.how.${one.name}` in scene.words ? ` ${say(`flow.how.${one.name}`)}` : "";
      tell(say(one.who.length ? "flow.badge" : "flow.open", { name: one.title }) + how);
    };
    return button;
  }));
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
    const who = scene.flows.find(({ name }) => name === flow)?.who ?? [];
    if (who.length) card.classList.add(who.includes(badge.text) ? "may" : "may-not");
    card.onclick = () => {
      order({ do: "badge", text: badge.text });
      tell(say("felt.badge", { name: badge.name }));
      step = 1;
      drawHint();
      felt_of("badge", badge.text);
    };
    return card;
  }));
};

const drawLabels = () => {
  const wanted = at("search").value.trim().toLowerCase();
  const found = scene.labels.filter(({ text, title }) => `${title} ${text}`.toLowerCase().includes(wanted));
  // Whatever else a scanner may read: a pickup code's ticket, a stranger's parcel.
  if (found.length === 0 && wanted) found.push({ text: at("search").value.trim(), title: say("anything"), kind: "text" });
  at("labels").replaceChildren(...found.map((label) => {
    const row = make("button", `label ${label.kind}`);
    row.append(make("span", "name", label.title), make("code", "", label.text), make("span", "kind", say(`kind.${label.kind}`)));
    row.dataset.label = label.text;
    row.onclick = () => {
      order({ do: "label", text: label.text });
      tell(say("felt.label", { name: label.title }));
      step = stand.doors.length > 0 && stepOfDoors() === null ? 2 : step;
      drawHint();
      felt_of("label", label.text);
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
  steel.classList.toggle("cabinet", stand.doors.length > 0);
  steel.classList.toggle("desk", stand.doors.length === 0);
  const power = at("power");
  power.hidden = stand.doors.length === 0;
  power.textContent = say(powered ? "power.off" : "power.on");
  power.onclick = () => order({ do: "power", on: !powered });
  drawTools();
  drawLamps();
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

const drawLamps = () => {
  at("lamps").replaceChildren(...Object.entries(here().lights ?? {}).map(([name, on]) => {
    const lamp = make("span", "lamp", say(`light.${name}`));
    lamp.dataset.light = name;
    lamp.dataset.on = on;
    return lamp;
  }));
};

const drawTools = () => {
  const { wired } = here();
  const wires = at("wires");
  wires.textContent = say(wired ? "wires.off" : "wires.on");
  wires.onclick = () => order({ do: "wires", on: !wired });
  const cut = at("cut");
  const armed = here().armed ?? false;
  cut.textContent = say("tool.cut");
  cut.setAttribute("aria-pressed", armed);
  cut.onclick = () => {
    order({ do: "cut", on: !armed });
    tell(armed ? "" : say("tool.cut.now"));
  };
  for (const name of ["lever", "jam"]) {
    const button = at(name);
    button.textContent = say(`tool.${name}`);
    button.setAttribute("aria-pressed", tool === name);
    button.onclick = () => {
      tool = tool === name ? "hand" : name;
      tell(tool === "hand" ? "" : say(`tool.${name}.now`));
      drawTools();
    };
  }
  for (const id of ["cut", "wires", "lever", "jam"]) at(id).hidden = stand.doors.length === 0;
};

const touchDoor = (name) => {
  if (tool === "hand") return order({ do: stateOf(name)?.at === "open" ? "push" : "pull", door: name });
  order({ do: tool, door: name, on: !stateOf(name)?.jammed });
  tool = "hand";
  drawTools();
};

const makeDoor = (door) => {
  const node = make("button", "door");
  node.dataset.door = door.name;
  node.style.gridRow = door.row;
  node.style.gridColumn = door.column;
  const leaf = make("span", "leaf");
  leaf.append(make("span", "number", door.name), make("span", "handle"));
  node.append(make("span", "inside", door.name), leaf);
  node.onclick = () => touchDoor(door.name);
  return node;
};

const drawDesk = (steel) => {
  delete steel.dataset.stand;
  steel.replaceChildren(make("span", "reader"), make("span", "scanner"));
};

const felt = ({ do: did, door, felt: how }) => {
  const number = door;
  if (how === "away" || how === "refused") return tell(say(`felt.${how}`), true);
  if (did === "lever" || did === "jam") return tell(say(`felt.${did === "jam" ? how === "freed" ? "free" : "stuck" : "lever"}`, { number }));
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
    if (before?.there && message.state.there) compare(before, message.state);
  };
  socket.onclose = () => {
    tell(say("lost"), true);
    setTimeout(connect, 1000);
  };
};

const compare = (before, now) => {
  const open = ({ doors }) => doors.some((door) => door.at === "open");
  const shut = ({ doors }) => doors.every((door) => door.at === "shut");
  if (!open(before) && open(now)) felt_of("door", "open");
  if (!shut(before) && shut(now)) felt_of("door", "shut");
  if (before.powered !== now.powered) felt_of("power", now.powered ? "on" : "off");
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
tourTo(Number(localStorage.getItem("toured") ?? 0));
