import { randomStream } from '../random-stream.ts';

/** What flows past the cells. */
export type Medium = 'glucose' | 'lactose';

/** Distance of two frames in minutes. */
export const FRAME_MINUTES = 30;
const SWITCH_PROBABILITY = 0.2;

/**
 * The medium from each frame to the next: begins with glucose for at least two intervals and then switches at random, with
 * probability 0.2 per frame.
 * @param frames 2 or more; the schedule has one entry fewer.
 */
export function randomMedia(seed: number, stack: number, frames: number): Medium[] {
  const random = randomStream(seed, stack, 'media');
  const media: Medium[] = [];
  let medium: Medium = 'glucose';
  for (let interval = 0; interval < frames - 1; interval++) {
    if (interval >= 2 && random.uniform() < SWITCH_PROBABILITY) medium = medium === 'glucose' ? 'lactose' : 'glucose';
    media.push(medium);
  }
  return media;
}
