import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Waiting } from './parts.tsx';

export interface LaterPage<Props> extends FunctionComponent<Props> {
  /** Begins to fetch the code before the page is shown. */
  readonly fetch: () => void;
}

/** A page whose code is fetched when it is first opened. */
export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): LaterPage<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  let coming: Promise<void> | null = null;
  const open = (): Promise<void> =>
    (coming ??= load().then(
      (page) => void (loaded = page),
      (error: unknown) => {
        coming = null;
        throw error;
      },
    ));
  const Later = (props: Props) => {
    const [isMissing, setIsMissing] = useState(false);
    const [, setTurn] = useState(0);
    useEffect(() => {
      open().then(
        () => setTurn(1),
        () => setIsMissing(true),
      );
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
  return Object.assign(Later, { fetch: () => void open().catch(() => undefined) });
}
