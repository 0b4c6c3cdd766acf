import type { VisitViewFragment } from '../api/operations.ts';
import { inNumbers } from '../page/words.ts';

type Registration = NonNullable<VisitViewFragment['registration']>;

/** How alike visit and reference are, before and after the alignment. */
export function AlignmentQuality({ registration }: { registration: Registration }) {
  const { reason, method, before, after, elapsedMs } = registration;
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
                <Meter before={before.maskedSsim} after={after.maskedSsim} />
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
      </small>
    </div>
  );
}

const Meter = ({ before, after }: { before: number; after: number }) => (
  <div class="meter" aria-hidden="true">
    <span class="filled" style={{ width: `${100 * Math.max(after, 0)}%` }} />
    <span class="was" style={{ left: `${100 * Math.max(before, 0)}%` }} />
  </div>
);
