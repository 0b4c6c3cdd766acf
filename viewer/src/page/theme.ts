import { createStore } from './store.ts';

type Theme = 'light' | 'dark';
const STORED = 'sequela.theme';

const system = matchMedia('(prefers-color-scheme: dark)');
const chosen = (): Theme | null => {
  const stored = localStorage.getItem(STORED);
  return stored === 'light' || stored === 'dark' ? stored : null;
};
const inForce = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');

/** The system's choice until the user makes another one. */
export const theme = createStore<Theme>(inForce());
apply();
system.addEventListener('change', apply);

export function toggleTheme(): void {
  localStorage.setItem(STORED, theme.get() === 'dark' ? 'light' : 'dark');
  apply();
}

function apply(): void {
  document.documentElement.dataset['theme'] = inForce();
  theme.set(inForce());
}

/** A colour of the style sheet as a canvas understands it. */
export function colourOf(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
