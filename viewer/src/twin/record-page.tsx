import '../styles/patients.css';
import '../styles/twin.css';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { type CodeFragment, type EntryFragment, RecordDocument } from '../api/operations.ts';
import { Trouble, Waiting } from '../page/parts.tsx';
import { address, Link } from '../page/router.tsx';
import { useStore } from '../page/store.ts';
import { useTitle } from '../page/use-title.ts';
import { bound, inDays, inMoments, withUnit } from '../page/words.ts';

/** The whole audit trail: every version of everything, as its source said it. A link to one entry marks it. */
export function RecordPage({ twinId }: { twinId: string }) {
  useTitle('Record');
  const { entries, error, isWhole } = useWholeRecord(twinId);
  const marked = useStore(address).hash.slice(1);
  useEffect(() => {
    if (marked !== '') document.getElementById(marked)?.scrollIntoView({ block: 'center' });
  }, [marked, entries]);
  return (
    <>
      <div class="page-head">
        <div class="title">
          <p class="crumbs">
            <Link href="/">Patients</Link> / <Link href={`/twins/${twinId}`}>Twin</Link>
          </p>
          <h1>Record</h1>
          <p class="about">Every version of everything that the hospital said, oldest first.</p>
        </div>
      </div>
      {error !== null && <Trouble message={error} />}
      {entries.length > 0 && (
        <table class="patients">
          <caption class="unseen">Entries of the record</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Source</th>
              <th scope="col">Known here since</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id} id={entry.id} class={entry.id === marked ? 'marked' : ''}>
                <th scope="row">{inDays(entry.occurredAt)}</th>
                <td>{describeEntry(entry)}</td>
                <td>
                  {entry.sourceSystem === 'FHIR' ? 'Health record' : 'Picture archive'} <br />
                  <code>{entry.sourceId}</code>
                </td>
                <td>{inMoments(entry.recordedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!isWhole && error === null && <Waiting what="Reading the record" />}
    </>
  );
}

function useWholeRecord(twinId: string) {
  const [state, setState] = useState({
    entries: [] as readonly EntryFragment[],
    error: null as string | null,
    isWhole: false,
  });
  useEffect(() => {
    let isWanted = true;
    const read = async (): Promise<void> => {
      let after: string | null = null;
      do {
        const { diseaseTwin }: Awaited<ReturnType<typeof page>> = await page(after);
        if (!isWanted) return;
        if (diseaseTwin === null) throw new Error('There is no such twin in your hospital.');
        const { nodes, pageInfo } = diseaseTwin.timeline;
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        const isWhole = after === null;
        setState(({ entries }) => ({ entries: [...entries, ...nodes], error: null, isWhole }));
      } while (after !== null);
    };
    const page = (after: string | null) => ask(RecordDocument, { id: twinId, after });
    read().catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (isWanted) setState((before) => ({ ...before, error: message }));
    });
    return () => void (isWanted = false);
  }, [twinId]);
  return state;
}

const named = (codes: readonly CodeFragment[]): string =>
  codes.find(({ display }) => display !== null)?.display ?? codes[0]?.code ?? 'without a code';

/** An entry in one line. */
export function describeEntry({ body }: Pick<EntryFragment, 'body'>): string {
  switch (body.__typename) {
    case 'Observation':
      return `${named(body.codes)}: ${bound(body.comparator)} ${withUnit(body.value, body.unit)}${body.isPreliminary ? ' (preliminary)' : ''}`;
    case 'Treatment':
      return `${named(body.codes)}: ${withUnit(body.amount, body.unit)} (${EVIDENCE[body.evidence]})`;
    case 'Condition':
    case 'Procedure':
      return `${body.__typename === 'Condition' ? 'Diagnosis' : 'Procedure'}: ${named(body.codes)}`;
    case 'AcquiredImage':
      return `Image: ${body.modality} ${body.seriesDescription ?? ''}`;
    case 'Gap':
      return `Missing: ${body.message}`;
    case 'Retraction':
      return `Withdrawn: ${body.reason}`;
  }
}

const EVIDENCE = { ADMINISTRATION: 'given', STATEMENT: 'reported', REQUEST: 'planned' } as const;
