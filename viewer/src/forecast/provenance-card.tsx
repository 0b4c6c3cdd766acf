import type { EntryFragment, ForecastViewFragment } from '../api/operations.ts';
import { Card } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { inDays, inMoments, inNumbers } from '../page/words.ts';
import { describeEntry } from '../twin/record-page.tsx';
import { CopyButton } from './copy-button.tsx';

/** What the forecast was made from, so that it can be checked and made again. */
export function ProvenanceCard({ forecast }: { forecast: ForecastViewFragment }) {
  const { modelId, modelVersion, asOf, seed, inputHash, replayId, elapsedMs, assumptions, inputs, twin } = forecast;
  return (
    <Card title="Where it comes from" class="provenance">
      <dl class="facts">
        <dt>Model</dt>
        <dd>{modelId}</dd>
        {modelVersion !== null && (
          <>
            <dt>Version</dt>
            <dd>
              <code>{modelVersion}</code>
            </dd>
          </>
        )}
        <dt>Known by</dt>
        <dd>{inMoments(asOf)}</dd>
        <dt>Seed</dt>
        <dd>{seed}</dd>
        {inputHash !== null && (
          <>
            <dt>Input hash</dt>
            <dd>
              <code>{inputHash}</code>
            </dd>
          </>
        )}
        {replayId !== null && (
          <>
            <dt>Replay id</dt>
            <dd>
              <code>{replayId}</code> <CopyButton text={replayId} what="replay id" />
              <br />
              <small>Equal replay ids mean equal bytes.</small>
            </dd>
          </>
        )}
        {elapsedMs !== null && (
          <>
            <dt>Computed in</dt>
            <dd>{inNumbers(Math.round(elapsedMs))} ms</dd>
          </>
        )}
      </dl>
      {assumptions.length > 0 && (
        <>
          <h3>Assumed</h3>
          <ul>
            {assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </>
      )}
      <Inputs inputs={inputs} twinId={twin.id} />
    </Card>
  );
}

function Inputs({ inputs, twinId }: { inputs: readonly EntryFragment[]; twinId: string }) {
  if (inputs.length === 0) return null;
  return (
    <details class="inputs">
      <summary>{inputs.length} entries of the record were used</summary>
      <ul class="plain">
        {inputs.map((entry) => (
          <li key={entry.id}>
            <small>{inDays(entry.occurredAt)}</small> {describeEntry(entry)}{' '}
            <Link href={`/twins/${twinId}/record#${entry.id}`}>
              <code>{entry.sourceId.length > 40 ? `…${entry.sourceId.slice(-24)}` : entry.sourceId}</code>
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
