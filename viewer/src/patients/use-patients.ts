import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { PatientsDocument } from '../api/operations.ts';
import type { PatientsQuery, TwinOutlineFragment } from '../api/operations.ts';
import { goTo } from '../page/router.tsx';
import { TWIN_STATUS } from '../page/words.ts';

export type Patient = PatientsQuery['patients']['nodes'][number];
export type Diseases = PatientsQuery['diseaseDefinitions'];

const PAGE = 50;
const TYPING_MS = 150;
/** Events come by twin; a list asks, more often while something in it is on its way. */
const REFRESH_MS = { busy: 2000, quiet: 15_000 } as const;

/** The patients that the search finds, page by page, kept fresh. */
export function usePatients(search: string) {
  const [state, setState] = useState<{
    patients: readonly Patient[] | null;
    diseases: Diseases;
    cursor: string | null;
    error: string | null;
  }>({ patients: null, diseases: [], cursor: null, error: null });
  const shown = useRef(PAGE);
  const turn = useRef(0);
  const isBusy = state.patients?.some(({ twins }) => twins.some(isOnTheWay)) === true;

  const read = async (pages: number): Promise<void> => {
    const mine = ++turn.current;
    try {
      const patients: Patient[] = [];
      let after: string | null = null;
      let diseases: Diseases = [];
      for (let page = 0; page < pages; page++) {
        const answer: PatientsQuery = await ask(PatientsDocument, {
          first: PAGE,
          after,
          search: search.trim() || null,
        });
        patients.push(...answer.patients.nodes);
        diseases = answer.diseaseDefinitions;
        after = answer.patients.pageInfo.hasNextPage ? answer.patients.pageInfo.endCursor : null;
        if (after === null) break;
      }
      if (mine === turn.current) setState({ patients, diseases, cursor: after, error: null });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (mine === turn.current) setState((before) => ({ ...before, error: message }));
    }
  };

  useEffect(() => {
    shown.current = PAGE;
    const timer = setTimeout(() => void read(1), state.patients === null ? 0 : TYPING_MS);
    const url = search.trim() === '' ? '/' : `/?q=${encodeURIComponent(search.trim())}`;
    goTo(url, { replace: true });
    return () => clearTimeout(timer);
  }, [search]);

  useEffect(() => {
    const timer = setInterval(
      () => document.visibilityState === 'visible' && void read(shown.current / PAGE),
      isBusy ? REFRESH_MS.busy : REFRESH_MS.quiet,
    );
    return () => clearInterval(timer);
  }, [search, isBusy]);

  return {
    ...state,
    hasMore: state.cursor !== null,
    more: () => {
      shown.current = (state.patients?.length ?? 0) + PAGE;
      void read(Math.ceil(shown.current / PAGE));
    },
  };
}

const isOnTheWay = ({ status, latestForecast }: TwinOutlineFragment): boolean =>
  TWIN_STATUS[status].tone === 'busy' || latestForecast?.status === 'QUEUED' || latestForecast?.status === 'RUNNING';
