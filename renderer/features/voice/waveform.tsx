import { useEffect, useRef } from 'react';
import { recentLevels } from './levels';

const BAR = 3;
const GAP = 2;

/** The last seconds of the microphone, newest at the end. It says nothing that the text beside it does not. */
export function Waveform({ className = '' }: { readonly className?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    let frame = 0;
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const { clientWidth: width, clientHeight: height } = element;
      const scale = devicePixelRatio;
      if (element.width !== Math.round(width * scale) || element.height !== Math.round(height * scale)) {
        element.width = Math.round(width * scale);
        element.height = Math.round(height * scale);
      }
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
      context.fillStyle = getComputedStyle(element).color;
      const bars = Math.floor(width / (BAR + GAP));
      const levels = recentLevels().slice(-bars);
      for (let i = 0; i < bars; i++) {
        // Where nothing has been recorded yet a row of dots shows how much room there is.
        const level = levels[i - (bars - levels.length)] ?? 0;
        const tall = Math.max(BAR, level * height);
        context.globalAlpha = level > 0 ? 1 : 0.35;
        context.beginPath();
        context.roundRect(i * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
        context.fill();
      }
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, []);
  return <canvas ref={canvas} aria-hidden className={className} />;
}
