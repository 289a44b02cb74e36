/** Two short tones, rising as talking begins and falling as it ends: for those who look at another program meanwhile. */
export function playCue(kind: 'begin' | 'end'): void {
  const context = new AudioContext();
  const [from, to] = kind === 'begin' ? [520, 780] : [780, 520];
  [from, to].forEach((frequency, i) => {
    const start = context.currentTime + i * 0.07;
    const tone = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    // Without the slopes it would click.
    gain.gain.setTargetAtTime(0.08, start, 0.008);
    gain.gain.setTargetAtTime(0, start + 0.05, 0.012);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.12);
  });
  setTimeout(() => void context.close(), 500);
}
