import type { DefinitionFragment, VisitViewFragment } from '../api/operations.ts';
import { inNumbers, inPercent } from '../page/words.ts';

type Registration = NonNullable<VisitViewFragment['registration']>;
type Plan = DefinitionFragment['registration'];

/** How alike visit and reference are, before and after the alignment. */
export function AlignmentQuality({ registration, plan }: { registration: Registration; plan: Plan | null }) {
  const { reason, method, before, after, quality, rejectedDeformation, elapsedMs } = registration;
  const gates = plan?.acceptanceMeasure === 'MASKED_SSIM' ? [plan.refusedBelow, plan.acceptedFrom] : [];
  return (
    <div class="alignment">
      {reason !== null && <p class="note">{reason}</p>}
      {before === null || after === null ? (
        <p class="none">The images could not be compared.</p>
      ) : (
        <table>
          <caption class="unseen">Likeness to the reference image</caption>
          <thead>
            <tr>
              <th scope="col">Likeness to the reference</th>
              <th scope="col" class="number">
                before
              </th>
              <th scope="col" class="number">
                after
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                Structure (SSIM)
                <Meter before={before.maskedSsim} after={after.maskedSsim} gates={gates} />
              </th>
              <td class="number">{before.maskedSsim.toFixed(2)}</td>
              <td class="number">
                <strong>{after.maskedSsim.toFixed(2)}</strong>
              </td>
            </tr>
            <tr>
              <th scope="row">Information (NMI)</th>
              <td class="number">{before.nmi.toFixed(2)}</td>
              <td class="number">{after.nmi.toFixed(2)}</td>
            </tr>
            <tr>
              <th scope="row">Correlation (NCC)</th>
              <td class="number">{before.ncc.toFixed(2)}</td>
              <td class="number">{after.ncc.toFixed(2)}</td>
            </tr>
          </tbody>
        </table>
      )}
      <small>
        {method}, {inNumbers(Math.round(elapsedMs))} ms
        {quality !== null && (
          <>
            {' '}
            · covers {inPercent(quality.coverage)} of the reference
            {quality.inverseConsistencyMm !== null &&
              ` · there and back misses by ${quality.inverseConsistencyMm.toFixed(2)} mm`}
            {quality.foldedPercent > 0 && ` · folds over itself in ${quality.foldedPercent.toFixed(2)} %`}
          </>
        )}
        {rejectedDeformation !== null && (
          <>
            <br />A deformation was tried and not used: {rejectedDeformation.reason}
          </>
        )}
      </small>
    </div>
  );
}

/** From 0 to 1: how alike after, a bar; before, a mark; what it takes to be accepted, dotted. */
const Meter = ({ before, after, gates }: { before: number; after: number; gates: readonly number[] }) => (
  <div class="meter" aria-hidden="true">
    <span class="filled" style={{ width: `${100 * Math.max(after, 0)}%` }} />
    <span class="was" style={{ left: `${100 * Math.max(before, 0)}%` }} />
    {gates.map((gate) => (
      <span key={gate} class="gate" style={{ left: `${100 * gate}%` }} />
    ))}
  </div>
);
