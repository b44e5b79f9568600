// One short tone for a good scan, two low ones for a refused one.

let context = null;

const wake = () => {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  return context;
};

addEventListener("pointerdown", wake);

const tone = (audio, pitch, start, length) => {
  const wave = audio.createOscillator();
  const volume = audio.createGain();
  wave.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
  wave.connect(volume).connect(audio.destination);
  wave.start(start);
  wave.stop(start + length);
};

export const play = (sound) => {
  document.body.dataset.sounded = sound;
  const audio = wake();
  const now = audio.currentTime + 0.02;
  if (sound === "good") {
    tone(audio, 1320, now, 0.16);
  } else {
    tone(audio, 220, now, 0.22);
    tone(audio, 196, now + 0.3, 0.3);
  }
};
