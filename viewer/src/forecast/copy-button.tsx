import { useState } from 'preact/hooks';

/** Copies a text and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Could not copy');
    }
    setTimeout(() => setSaid(null), 2000);
  };
  return (
    <button type="button" class="quiet" aria-live="polite" onClick={() => void copy()}>
      {said ?? `Copy ${what}`}
    </button>
  );
}
