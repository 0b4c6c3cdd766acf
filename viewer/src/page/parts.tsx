import type { ComponentChildren } from 'preact';
import type { Tone } from './words.ts';

/** A word with a colour; the word alone says the same. */
export const Chip = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`chip ${tone}`}>{children}</span>
);

export const Card = (props: {
  title: string;
  class?: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) => (
  <section class={`card ${props.class ?? ''}`} aria-label={props.title}>
    <header>
      <h2>{props.title}</h2>
      {props.aside}
    </header>
    {props.children}
  </section>
);

export const Trouble = ({ message }: { message: string }) => (
  <p class="trouble" role="alert">
    {message}
  </p>
);

export const Waiting = ({ what }: { what: string }) => (
  <p class="waiting" role="status">
    {what}…
  </p>
);

/** How far something is, as a bar and in words. */
export const Progress = ({ share, label }: { share: number; label: string }) => (
  <progress max={1} value={share} aria-label={label} />
);
