import { useEffect } from 'preact/hooks';

/** What the tab is called, and what a screen reader says of the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Sequela`;
    return () => void (document.title = 'Sequela');
  }, [title]);
}
