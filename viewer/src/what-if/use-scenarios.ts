import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { CompareDocument, type CompareQuery, ForecastDocument, type ForecastViewFragment } from '../api/operations.ts';

export type Comparison = Extract<CompareQuery['compareForecasts'], { readonly __typename: 'ForecastComparison' }>;

/** A what-if beside its reference; no comparison before both have an answer. */
export interface Scenario {
  readonly forecast: ForecastViewFragment;
  readonly comparison: Comparison | null;
}

/** The what-ifs of these ids, read again whenever `news` changes; what was read before stays until then. */
export function useScenarios(referenceId: string, ids: readonly string[], news: unknown) {
  const [state, setState] = useState<{ scenarios: ReadonlyMap<string, Scenario>; error: string | null }>({
    scenarios: new Map(),
    error: null,
  });
  const key = ids.join(',');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isWanted = true;
    const read = async (id: string): Promise<readonly [string, Scenario]> => {
      const [{ forecast }, { compareForecasts: compared }] = await Promise.all([
        ask(ForecastDocument, { id }),
        ask(CompareDocument, { reference: referenceId, scenario: id }),
      ]);
      if (forecast === null) throw new Error('There is no such what-if in your hospital.');
      return [id, { forecast, comparison: compared.__typename === 'ForecastComparison' ? compared : null }];
    };
    Promise.all(ids.map(read)).then(
      (scenarios) => isWanted && setState({ scenarios: new Map(scenarios), error: null }),
      (error: unknown) =>
        isWanted &&
        setState((before) => ({ ...before, error: error instanceof Error ? error.message : String(error) })),
    );
    return () => void (isWanted = false);
  }, [referenceId, key, news, turn]);
  const scenarios = ids.flatMap((id) => state.scenarios.get(id) ?? []);
  return { scenarios, error: state.error, reload: () => setTurn((before) => before + 1) };
}
