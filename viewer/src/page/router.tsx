import type { ComponentChildren } from 'preact';
import { createStore } from './store.ts';

/** Where the user is; the address bar says the same. */
export const address = createStore(new URL(location.href));

export function goTo(path: string, { replace = false } = {}): void {
  const url = new URL(path, location.origin);
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  const isSamePage = url.pathname === address.get().pathname;
  address.set(url);
  if (!isSamePage && !replace) window.scrollTo(0, 0);
}

window.addEventListener('popstate', () => address.set(new URL(location.href)));

/** A link within the page; opens in a new tab like any other when it is asked to. */
export function Link(props: { href: string; class?: string; label?: string; children: ComponentChildren }) {
  return (
    <a
      href={props.href}
      class={props.class}
      aria-label={props.label}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        goTo(props.href);
      }}
    >
      {props.children}
    </a>
  );
}
