"use strict";
const SCALES = [["Quality", 0], ["Match", 1]];
const byId = (id) => document.getElementById(id);
let rater = "", trials = [], at = 0, clip = 0, scale = 0, scores = [];

function show(id) {
  for (const name of ["welcome", "test", "end"]) byId(name).hidden = name !== id;
}

async function ask(place, options) {
  const answer = await fetch(place, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

byId("who").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const plan = await ask("plan?rater=" + encodeURIComponent(byId("name").value.trim()));
    rater = plan.rater;
    trials = plan.trials;
    const open = trials.findIndex((trial) => trial.scores.some((pair) => pair === null));
    open < 0 ? show("end") : openTrial(open);
  } catch (fault) {
    byId("trouble").textContent = fault.message;
  }
});

function element(name, parent, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function openTrial(number) {
  at = number;
  clip = 0;
  scale = 0;
  const trial = trials[at];
  scores = trial.scores.map((pair) => (pair ? [...pair] : [null, null]));
  byId("progress").textContent = `${at + 1} of ${trials.length}`;
  byId("caption").textContent = trial.caption;
  byId("said").textContent = "";
  byId("back").disabled = at === 0;
  const place = byId("clips");
  place.replaceChildren();
  for (let index = 0; index < trial.clips; index++) {
    const section = element("section", place);
    element("h2", section, "Clip " + String.fromCharCode(65 + index));
    const sound = element("audio", section);
    sound.controls = true;
    sound.src = `clip?rater=${encodeURIComponent(rater)}&trial=${at}&position=${index}`;
    sound.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio")) if (other !== sound) other.pause();
      choose(index, scale);
    });
    for (const [label, which] of SCALES) {
      const row = element("div", section);
      row.className = "scale";
      element("span", row, label);
      for (let mark = 1; mark <= 5; mark++) {
        const button = element("button", row, String(mark));
        button.setAttribute("aria-label", `${label} of clip ${index + 1}: ${mark}`);
        button.addEventListener("click", () => { choose(index, which); give(mark); });
      }
    }
  }
  show("test");
  refresh();
}

function choose(index, which) {
  clip = (index + trials[at].clips) % trials[at].clips;
  scale = (which + 2) % 2;
  refresh();
}

function give(mark) {
  scores[clip][scale] = mark;
  byId("said").textContent = "";
  refresh();
}

function refresh() {
  [...byId("clips").children].forEach((section, index) => {
    section.classList.toggle("current", index === clip);
    section.querySelectorAll(".scale").forEach((row, which) => {
      row.classList.toggle("current", index === clip && which === scale);
      row.querySelectorAll("button").forEach((button, mark) =>
        button.setAttribute("aria-pressed", String(scores[index][which] === mark + 1)));
    });
  });
}

async function keep() {
  if (scores.flat().includes(null)) {
    byId("said").textContent = "Each clip needs both marks.";
    return;
  }
  try {
    await ask("rate", { method: "POST", body: JSON.stringify({ rater, trial: at, scores }) });
  } catch (fault) {
    byId("said").textContent = "Not kept: " + fault.message;
    return;
  }
  trials[at].scores = scores;
  const open = trials.findIndex((trial, index) => index > at && trial.scores.some((pair) => pair === null));
  const any = trials.findIndex((trial) => trial.scores.some((pair) => pair === null));
  if (open >= 0) openTrial(open); else if (any >= 0) openTrial(any); else show("end");
}

byId("next").addEventListener("click", keep);
byId("back").addEventListener("click", () => openTrial(at - 1));

document.addEventListener("keydown", (event) => {
  if (byId("test").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  const mark = Number(event.key);
  if (event.key === " ") {
    const sound = document.querySelectorAll("audio")[clip];
    if (sound.paused) sound.play(); else sound.pause();
  } else if (mark >= 1 && mark <= 5) {
    give(mark);
    if (scale === 0) choose(clip, 1);
  } else if (event.key === "ArrowLeft") choose(clip - 1, 0);
  else if (event.key === "ArrowRight") choose(clip + 1, 0);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") choose(clip, scale + 1);
  else if (event.key === "Enter") keep();
  else return;
  event.preventDefault();
});
