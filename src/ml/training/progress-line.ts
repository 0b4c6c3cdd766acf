import type { TrainingReport } from './training-run.ts';

const WIDTH = 24;

/** One line for a terminal: bar, step, loss, images per second and the time left. */
export function progressLine(name: string, report: TrainingReport): string {
  const { step, steps, loss, imagesPerSecond, secondsLeft } = report;
  const filled = Math.round((step / steps) * WIDTH);
  const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
  return `${name} [${bar}] ${step}/${steps}  loss ${loss.toFixed(4)}  ${imagesPerSecond.toFixed(1)} images/s  ${clock(secondsLeft)} left`;
}

const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
