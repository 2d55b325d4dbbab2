// Draws /status.json and /history.json once a second. Routes and paths are always inserted as text, never as markup.
"use strict";

const EVERY = 1000, FETCH_TIMEOUT = 4000, SPARK = 120;
const FAULTS = ["panics", "timeouts", "blocked", "errors", "refused", "failed"];
const NAMES = { failed: "other 5xx" };
// Threads of a route or an actor that are named one by one.
const NAMED = 20;
const SVG = "http://www.w3.org/2000/svg";

const state = { process: 0, last: 0, kept: 300, total: {}, routes: new Map(), chosen: null, seen: 0, status: null, opened: new Set() };

const find = (selector, within = document) => within.querySelector(selector);

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

// Numbers, as a person reads them.
const number = (value) =>
  value >= 1e6 ? `${(value / 1e6).toFixed(1)}M` : value >= 1e4 ? `${(value / 1e3).toFixed(1)}k`
    : value >= 100 || Number.isInteger(value) ? `${Math.round(value)}` : value.toFixed(1);
const milliseconds = (value) =>
  value == null ? "–" : value === 0 ? "0" : value >= 1000 ? `${(value / 1000).toFixed(2)} s`
    : value >= 10 ? `${Math.round(value)} ms` : value >= 1 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;
function duration(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"]];
  for (const [size, unit] of parts) {
    if (seconds >= size) {
      const rest = parts[parts.findIndex((part) => part[0] === size) + 1] ?? [1, "s"];
      const more = Math.floor((seconds % size) / rest[0]);
      return `${Math.floor(seconds / size)} ${unit}${more ? ` ${more} ${rest[1]}` : ""}`;
    }
  }
  return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
}

async function get(path) {
  const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(FETCH_TIMEOUT) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

// Data.

function append(series, more, kept) {
  for (const [name, values] of Object.entries(more)) {
    series[name] = (series[name] ?? []).concat(values).slice(-kept);
  }
}

function take(history) {
  if (history.process !== state.process || history.last < state.last) {
    Object.assign(state, { total: {}, routes: new Map(), last: 0 });
  }
  append(state.total, history.total, history.kept);
  for (const [route, series] of Object.entries(history.routes)) {
    if (!state.routes.has(route)) state.routes.set(route, {});
    append(state.routes.get(route), series, history.kept);
  }
  Object.assign(state, { process: history.process, last: history.last, kept: history.kept });
}

const latest = (series, name) => {
  const values = series?.[name];
  return values?.length ? values[values.length - 1] : null;
};
// The mean of the last seconds: one alone says little when requests are rare.
function recent(series, name, seconds = 10) {
  const values = (series?.[name] ?? []).slice(-seconds).filter((value) => value != null);
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
function newest(series, name, seconds = 10) {
  const values = (series?.[name] ?? []).slice(-seconds).filter((value) => value != null);
  return values.length ? values[values.length - 1] : null;
}

// Plots.

const WIDTH = 600, HEIGHT = 152, LEFT = 44, RIGHT = 6, TOP = 8, BOTTOM = 20;

// How many seconds are shown: what there is, but a minute at least.
const shown = () => Math.min(Math.max(state.total.requests?.length ?? 0, 60), state.kept);

// A round number that is not below the value.
function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

class Plot {
  constructor(id, format, names, stacked) {
    Object.assign(this, { figure: find(`#${id}`), format, names, stacked, at: null });
    this.svg = find("svg", this.figure);
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", `${find("h2", this.figure).textContent}, the last five minutes`);
    const point = (event) => {
      const box = this.svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * this.width;
      this.at = Math.round(((x - LEFT) / (this.width - LEFT - RIGHT)) * (shown() - 1));
      this.draw();
    };
    this.svg.addEventListener("pointermove", point);
    this.svg.addEventListener("pointerleave", () => { this.at = null; this.draw(); });
  }

  get width() { return Math.max(this.svg.clientWidth, 200) || WIDTH; }

  draw() {
    const series = state.chosen ? state.routes.get(state.chosen) ?? {} : state.total;
    const width = this.width, height = this.svg.clientHeight || HEIGHT, kept = shown();
    const values = this.names.map((name) => {
      const own = (series[name] ?? []).slice(-kept);
      return Array(Math.max(kept - own.length, 0)).fill(null).concat(own);
    });
    const sums = Array.from({ length: kept }, (_, place) => {
      const column = values.map((own) => own[place] ?? 0);
      return this.stacked ? column.reduce((sum, value) => sum + value, 0) : Math.max(...column);
    });
    const top = ceiling(Math.max(...sums, 0));
    const x = (place) => LEFT + (place / (kept - 1)) * (width - LEFT - RIGHT);
    const y = (value) => height - BOTTOM - (value / top) * (height - TOP - BOTTOM);
    const parts = [];
    for (const part of [0, 0.5, 1]) {
      const line = y(part * top);
      parts.push(shape("line", { class: part ? "grid" : "base", x1: LEFT, x2: width - RIGHT, y1: line, y2: line }));
      const text = shape("text", { x: LEFT - 6, y: line + 4, "text-anchor": "end" });
      text.textContent = this.format(part * top);
      parts.push(text);
    }
    for (const [place, label, anchor] of [[0, `${duration(kept)} ago`, "start"], [kept - 1, "now", "end"]]) {
      const text = shape("text", { x: x(place), y: height - 4, "text-anchor": anchor });
      text.textContent = label;
      parts.push(text);
    }
    if (this.stacked) this.bars(parts, values, x, y);
    else this.lines(parts, values, x, y, height - BOTTOM);
    const at = this.at == null ? null : Math.min(Math.max(this.at, 0), kept - 1);
    if (at != null) parts.push(shape("line", { class: "cursor", x1: x(at), x2: x(at), y1: TOP, y2: height - BOTTOM }));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren(...parts);
    this.say(values, series, at);
  }

  lines(parts, values, x, y, floor) {
    this.names.forEach((name, place) => {
      let path = "", area = "", start = null, end = null;
      values[place].forEach((value, second) => {
        if (value == null) { start = null; return; }
        path += `${start == null ? "M" : "L"}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
        if (start == null) {
          area += `${end == null ? "" : `V${floor}Z`}M${x(second).toFixed(1)} ${floor}`;
          // A second alone is a dot.
          path += "h0.1";
        }
        area += `L${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
        start = end = second;
      });
      if (name === "requests" && end != null) {
        parts.push(shape("path", { class: "area requests", d: `${area}L${x(end).toFixed(1)} ${floor}Z` }));
      }
      parts.push(shape("path", { class: name, d: path, "stroke-linecap": "round" }));
    });
  }

  bars(parts, values, x, y) {
    const width = Math.max(x(1) - x(0), 1.6);
    for (let second = 0; second < shown(); second += 1) {
      let below = 0;
      this.names.forEach((name, place) => {
        const value = values[place][second] ?? 0;
        if (value <= 0) return;
        // Every number above 0 must be visible, also beside far larger ones.
        const size = Math.max(y(below) - y(below + value), 1.5);
        parts.push(shape("rect", { class: name, x: (x(second) - width / 2).toFixed(1), y: (y(below) - size).toFixed(1), width: width.toFixed(1), height: size.toFixed(1) }));
        below += value;
      });
    }
  }

  say(values, series, at) {
    const keys = this.names.map((name, place) => {
      const value = at != null ? values[place][at] : this.stacked || name === "requests" ? recent(series, name) : newest(series, name);
      const seen = values[place].some((other) => other > 0);
      if (this.stacked && !seen) return null;
      const text = value == null ? "–" : this.format(value);
      return element("span", { class: `key ${name}` }, `${NAMES[name] ?? (name === "requests" ? "" : name)} `, element("b", {}, this.stacked || name === "requests" ? `${text}/s` : text));
    }).filter(Boolean);
    const when = at == null ? [] : [element("span", {}, `${shown() - 1 - at} s ago`)];
    find("output", this.figure).replaceChildren(...(keys.length ? keys : [element("span", { class: "zero" }, "none")]), ...when);
  }
}

function spark(series) {
  const svg = shape("svg", { viewBox: "0 0 120 24", preserveAspectRatio: "none", "aria-hidden": "true" });
  const column = (name) => {
    const values = (series?.[name] ?? []).slice(-SPARK);
    return Array(SPARK - values.length).fill(0).concat(values);
  };
  const requests = column("requests"), top = Math.max(...requests, 1e-9);
  const path = requests.map((value, place) => `${place ? "L" : "M"}${place} ${(23 - ((value ?? 0) / top) * 21).toFixed(1)}`);
  svg.append(shape("path", { class: "area requests", d: `${path.join("")}L119 24L0 24Z` }));
  svg.append(shape("path", { class: "requests", d: path.join(""), "vector-effect": "non-scaling-stroke" }));
  for (const name of FAULTS) {
    column(name).forEach((value, place) => {
      if (value > 0) svg.append(shape("rect", { class: name, x: place - 0.6, y: 0, width: 1.6, height: 24 }));
    });
  }
  return svg;
}

// The rest of the page.

function verdict(status) {
  const alarms = status.alarms.length;
  const [kind, title] = !status.live ? ["bad", "Not live"]
    : alarms ? ["bad", `${alarms} route${alarms > 1 ? "s are" : " is"} failing`]
      : status.ready ? ["good", "All routes answer"]
        : ["warn", status.stage === "stopping" ? "Stopping" : "Not ready"];
  const box = find("#verdict");
  box.className = kind;
  find("h1", box).textContent = title;
  // Each alarm is shown once, below.
  const others = status.not_ready.filter((reason) => !reason.startsWith("alarm: "));
  find("#reasons").textContent = status.ready ? "Live and ready, no alarms" : others.slice(0, 6).join("\n");
  document.title = `${kind === "good" ? "✓" : "!"} ${title} – oserver`;
}

function facts(status) {
  const list = [
    ["Requests/s", number(recent(state.total, "requests", 5))],
    ["Connections", number(status.connections)],
    ["Blocked threads", `${status.blocked_threads} of ${status.blocked_threads_budget}`],
    ["Up", duration(status.uptime_seconds)],
    ["Process", `${status.process}`],
  ];
  find("#facts").replaceChildren(...list.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

const drawn = new Map();

// Gives the old row the new cells and keeps the equal ones, in which text may be selected.
function renewed(old, made) {
  [...made.children].forEach((part, place) => {
    if (!old.children[place].isEqualNode(part)) old.children[place].replaceWith(part);
  });
  return old;
}

// Brings the rows in order around the one in which text is selected or which has the focus: a row that is moved loses both.
function arrange(target, nodes) {
  if (nodes.length === target.children.length && nodes.every((node, place) => node === target.children[place])) return;
  const held = nodes.findIndex((node) => node.contains(getSelection().anchorNode) || node.contains(document.activeElement));
  if (held < 0 || nodes[held].parentNode !== target) return target.replaceChildren(...nodes);
  [...target.children].filter((node) => !nodes.includes(node)).forEach((node) => node.remove());
  nodes[held].before(...nodes.slice(0, held));
  nodes[held].after(...nodes.slice(held + 1));
}

// Shows a section only while it has rows. A row's cells change only if more than its age changes, so that its text can be
// selected and its stack stays open.
function section(id, rows, name, make, { ages = (row) => [row.seconds], body = "tbody" } = {}) {
  const box = find(`#${id}`), target = find(body, box), before = drawn.get(id) ?? new Map(), now = new Map();
  box.hidden = rows.length === 0;
  const nodes = rows.map((row, place) => {
    const print = JSON.stringify(row, (key, value) => (key === "seconds" ? undefined : value));
    const key = name(row, place), old = before.get(key);
    const node = old == null ? make(row) : old.print === print ? old.node : renewed(old.node, make(row)), seconds = ages(row);
    node.querySelectorAll(".age").forEach((part, which) => { part.textContent = duration(seconds[which]); });
    now.set(key, { print, node });
    return node;
  });
  drawn.set(id, now);
  arrange(target, nodes);
}

const cell = (text, attributes = {}) => element("td", attributes, text);
const age = () => cell("", { class: "number age" });

// A stack, outermost first, that is shown when it is asked for.
function stack(key, text) {
  const details = element("details", state.opened.has(key) ? { open: "" } : {}, element("summary", {}, "stack"), element("pre", { class: "stack" }, text));
  details.addEventListener("toggle", () => (details.open ? state.opened.add(key) : state.opened.delete(key)));
  return details;
}

const line = (text) => element("p", { class: "activity" }, text);

// The fault, its location and its stack.
function fault(row) {
  const parts = [element("span", { class: `kind ${row.fault}` }, row.fault), ` ${row.message}`];
  const place = row.location ?? row.stack_location;
  if (place) parts.push(element("p", { class: "place" }, place));
  const request = row.path ? `${row.method} ${row.path}` : row.command ? `command ${row.command}` : row.thread && `thread ${row.thread}`;
  for (const more of [request, row.summary, row.activity && `its thread ${row.activity}`]) if (more) parts.push(line(more));
  if (row.stack) parts.push(stack(faultKey(row), row.stack));
  return element("td", {}, ...parts);
}

const faultKey = (row) => JSON.stringify([row.fault, row.route, row.actor, row.location]);

// The threads of one route or one actor.
function held(group) {
  const threads = group.threads.slice(0, NAMED).map((thread, place) => {
    const what = thread.path ? [element("b", {}, `${thread.method} ${thread.path}`), ` ${thread.request_id} `] : [];
    const parts = [element("p", {}, ...what, element("span", { class: "age soft" }))];
    if (thread.activity) parts.push(line(`its thread ${thread.activity}`));
    if (thread.stack) parts.push(stack(`${group.name} ${thread.request_id ?? place}`, thread.stack));
    return element("li", {}, ...parts);
  });
  const more = group.threads.length - threads.length;
  if (more > 0) threads.push(element("li", {}, `and ${more} more`));
  return element("td", {}, element("ul", { class: "threads" }, ...threads));
}

function groups(status) {
  const found = new Map();
  for (const thread of status.blocked) {
    const name = thread.actor != null ? `actor ${thread.actor}` : thread.other_server ? `${thread.route} (another server)` : thread.route;
    if (!found.has(name)) found.set(name, { name, threads: [], seconds: thread.seconds });
    found.get(name).threads.push(thread);
  }
  return [...found.values()].sort((a, b) => b.threads.length - a.threads.length);
}

const counted = (name, value, hot) =>
  cell(number(value), { class: `number${value ? hot ? " hot" : "" : " zero"}`, "data-name": name });

function lists(status) {
  section("alarms", status.alarms, (alarm) => alarm.route, (alarm) => {
    const last = alarm.last ? [line([alarm.last.fault, alarm.last.message, alarm.last.location && `at ${alarm.last.location}`].filter(Boolean).join(" "))] : [];
    return element("li", {}, element("div", {}, element("b", {}, alarm.route), ` ${alarm.reason}`, ...last),
      element("span", {}, "for ", element("span", { class: "age" })));
  }, { body: "ul" });
  section("newest", status.faults, faultKey, (row) => element("tr", {},
    cell(row.route ?? (row.actor != null ? `actor ${row.actor}` : "the process")), fault(row), cell(row.request_id ?? ""),
    cell(number(row.count), { class: "number" }), age()));
  section("blocked", groups(status), (group) => group.name, (group) => element("tr", {},
    cell(group.name), held(group), cell(number(group.threads.length), { class: "number" }), age()),
  { ages: (group) => [...group.threads.slice(0, NAMED), group].map((part) => part.seconds) });
  const late = status.routes.filter((route) => route.last_timeout != null);
  late.sort((a, b) => a.last_timeout.seconds - b.last_timeout.seconds);
  section("late", late.slice(0, 20).map(({ route, last_timeout }) => ({ route, last_timeout })), (row) => row.route, ({ route, last_timeout: last }) => {
    const parts = [last.location ?? "", line(`it ${last.summary}`)];
    if (last.stack) parts.push(stack(`late ${route}`, last.stack));
    return element("tr", {}, cell(route), element("td", {}, ...parts), cell(last.request_id), age());
  }, { ages: (row) => [row.last_timeout.seconds] });
  const meter = find("#blocked meter");
  meter.max = status.blocked_threads_budget;
  meter.value = status.blocked_threads;
  const most = status.blocked_threads_budget;
  find("#blocked .budget span").textContent =
    `${status.blocked_threads} of at most ${most} threads are abandoned; above the limit the process exits`;
  section("actors", status.actors, (actor, place) => `${actor.name} ${place}`, (actor) => {
    const state = actor.over_budget ? "exceeds its restart limit" : actor.running ? "runs" : "starts";
    return element("tr", {},
      cell(actor.name), cell(state, actor.over_budget ? { class: "hot" } : {}), counted("restarts", actor.restarts),
      counted("panics", actor.panics), counted("overruns", actor.overruns), counted("queued", actor.queued),
      counted("answered", actor.answered), counted("blocked", actor.stuck, true));
  });
}

function routes(status) {
  const faulty = (route) => FAULTS.reduce((sum, name) => sum + recent(state.routes.get(route.route), name, 60), 0);
  const rate = (route) => recent(state.routes.get(route.route), "requests", 60);
  const order = status.routes.map((route) => [route, Number(route.alarm), faulty(route), rate(route)]);
  order.sort((a, b) => b[1] - a[1] || b[2] - a[2] || b[3] - a[3] || (a[0].route < b[0].route ? -1 : 1));
  const rows = order.slice(0, 300).map(([route]) => {
    const series = state.routes.get(route.route);
    const happens = (name) => recent(series, name, 60) > 0;
    const name = cell(element("button", { type: "button" }, route.route));
    if (route.alarm) name.append(element("span", { class: "tag" }, "alarm"));
    if (route.breaker_open) name.append(element("span", { class: "tag" }, "breaker open"));
    const classes = [route.alarm ? "failing" : "", state.chosen === route.route ? "chosen" : ""].join(" ");
    const row = element("tr", { class: classes },
      name, element("td", { class: "spark" }, spark(series)),
      counted("requests/s", Math.round(recent(series, "requests", 5) * 10) / 10), counted("in flight", route.in_flight),
      cell(milliseconds(newest(series, "p50", 60) ?? route.p50_ms), { class: "number", "data-name": "p50" }),
      cell(milliseconds(newest(series, "p99", 60) ?? route.p99_ms), { class: "number", "data-name": "p99" }),
      cell(duration(route.cpu_seconds), { class: "number", "data-name": "CPU" }),
      cell(milliseconds(route.longest_poll_ms || null), { class: "number", "data-name": "longest poll" }),
      counted("requests", route.requests), counted("panics", route.panics, happens("panics")),
      counted("timeouts", route.timeouts, happens("timeouts")), counted("errors", route.errors, happens("errors")),
      counted("refused", route.refused, happens("refused")), counted("blocked now", route.stuck, true));
    row.addEventListener("click", () => choose(state.chosen === route.route ? null : route.route));
    return row;
  });
  // A row that has the focus keeps it.
  const body = find("#routes tbody"), focused = body.contains(document.activeElement) ? document.activeElement.textContent : null;
  body.replaceChildren(...rows);
  if (focused != null) [...body.querySelectorAll("button")].find((button) => button.textContent === focused)?.focus();
  find("#none").hidden = rows.length > 0;
}

function choose(route) {
  state.chosen = route;
  find("#scope").hidden = route == null;
  find("#scope strong").textContent = route ?? "";
  draw();
}

const plots = [
  new Plot("rate", number, ["requests"], false),
  new Plot("latency", milliseconds, ["p50", "p99"], false),
  new Plot("faults", number, FAULTS, true),
];

function draw() {
  if (!state.status) return;
  verdict(state.status);
  facts(state.status);
  plots.forEach((plot) => plot.draw());
  lists(state.status);
  routes(state.status);
}

function lost(error) {
  const since = state.seen ? `for ${duration((Date.now() - state.seen) / 1000)}` : "from the start";
  const box = find("#lost");
  box.textContent = `No answer from the server ${since}. The numbers on this page are old; the page tries again each second.`;
  box.title = String(error);
  box.hidden = false;
  document.body.classList.toggle("stale", state.seen > 0);
  document.title = "! No answer – oserver";
}

async function update() {
  try {
    const [status, history] = await Promise.all([get("status.json"), get(`history.json?after=${state.last}`)]);
    take(history);
    Object.assign(state, { status, seen: Date.now() });
    find("#lost").hidden = true;
    document.body.classList.remove("stale");
    draw();
  } catch (error) {
    lost(error);
  }
  setTimeout(update, EVERY);
}

find("#scope button").addEventListener("click", () => choose(null));
addEventListener("resize", draw);
update();
