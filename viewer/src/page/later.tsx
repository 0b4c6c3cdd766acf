import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Waiting } from './parts.tsx';

/** A page whose code is fetched when it is first opened. */
export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  return function Later(props: Props) {
    const [isMissing, setIsMissing] = useState(false);
    const [, setTurn] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      const open = async (): Promise<void> => {
        loaded = await load();
        setTurn(1);
      };
      open().catch(() => setIsMissing(true));
    }, []);
    if (loaded !== null) {
      const Page = loaded;
      return <Page {...props} />;
    }
    if (!isMissing) return <Waiting what="Opening" />;
    return (
      <p class="trouble" role="alert">
        This part of the page could not be loaded.{' '}
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    );
  };
}
