"use strict";
const clips = [...document.querySelectorAll("article")];
const sounds = clips.map((clip) => clip.querySelector("audio"));
let current = 0;

function start(index, seconds) {
  if (index < 0 || index >= clips.length) return;
  sounds.forEach((sound) => sound.pause());
  current = index;
  sounds[index].currentTime = seconds;
  sounds[index].play();
  clips[index].scrollIntoView({ block: "nearest" });
}

sounds.forEach((sound, index) => {
  sound.addEventListener("play", () => {
    sounds.forEach((other) => other !== sound && other.pause());
    clips.forEach((clip) => clip.classList.toggle("playing", clip === clips[index]));
    current = index;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = Number(event.key);
  if (event.key === " ") {
    if (sounds[current].paused) sounds[current].play(); else sounds[current].pause();
  } else if (digit >= 1 && digit <= clips.length) {
    start(digit - 1, 0);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    start((current + step + clips.length) % clips.length, sounds[current].currentTime);
  } else if (event.key === "Enter" && event.target.tagName !== "A") {
    clips[current].querySelector("a[download]").click();
  } else {
    return;
  }
  event.preventDefault();
});
