import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './graphql.ts';
import type { TypedDocumentString } from './operations.ts';

export interface Asked<Data> {
  readonly data: Data | null;
  readonly error: string | null;
  /** Asks again; what is shown stays until the new answer is there. */
  readonly reload: () => void;
}

/** The answer of an operation; asked anew whenever its variables change. */
export function useAnswer<Data, Variables>(
  operation: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Asked<Data> {
  const key = JSON.stringify(variables);
  const [state, setState] = useState<{ key: string; data: Data | null; error: string | null }>({
    key,
    data: null,
    error: null,
  });
  const latest = useRef(0);
  const reload = useCallback(() => {
    const turn = ++latest.current;
    const isLatest = (): boolean => turn === latest.current;
    ask(operation, JSON.parse(key) as Variables).then(
      (data) => isLatest() && setState({ key, data, error: null }),
      (error: unknown) =>
        isLatest() &&
        setState((before) => ({
          key,
          data: before.key === key ? before.data : null,
          error: error instanceof Error ? error.message : String(error),
        })),
    );
  }, [operation, key]);
  useEffect(() => {
    reload();
    return () => void latest.current++;
  }, [reload]);
  return { data: state.key === key ? state.data : null, error: state.key === key ? state.error : null, reload };
}
