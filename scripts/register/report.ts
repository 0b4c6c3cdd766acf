import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { RegistrationResult } from '../../src/twins/registration.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

/** What a person or a program reads of a registration. */
export interface RegistrationReport extends Omit<RegistrationResult, 'moved' | 'field' | 'splines'> {
  readonly fixed: ReportedImage;
  readonly moving: ReportedImage;
  readonly version: string;
  readonly plan: RegistrationPlan;
  readonly isDeformed: boolean;
  readonly caveats: readonly string[];
  /** Names in the folder of results. */
  readonly files: readonly string[];
}

interface ReportedImage {
  readonly name: string;
  readonly shape: VolumeShape;
  readonly spacingMm: readonly number[];
  /** False where the file states no distance between pixels: all lengths are in pixels. */
  readonly hasSpacing: boolean;
}

/** The report as text. */
export function formatRegistration(report: RegistrationReport): string {
  const { verdict, reason, method, stages, before, after, quality, rejectedDeformation, plan, elapsedMs } = report;
  const { measure, accepted, review, evidence } = plan.acceptance;
  const number = (value: number | null | undefined, digits = 3): string => value?.toFixed(digits) ?? 'unknown';
  const unit = report.fixed.hasSpacing ? 'mm' : 'pixels';
  const image = ({ name, shape, spacingMm, hasSpacing }: ReportedImage): string =>
    `${name}: ${shape.join(' x ')} voxels${hasSpacing ? ` of ${spacingMm.map((value) => Number(value.toPrecision(4))).join(' x ')} mm` : ''}`;
  const lines = [
    `${verdict.toUpperCase()}${reason === null ? '' : `: ${reason}`}`,
    '',
    `fixed   ${image(report.fixed)}`,
    `moving  ${image(report.moving)}`,
    `map     ${method}${stages.length === 0 ? '' : ` (ran: ${stages.join(', ')})`}`,
    `time    ${(elapsedMs / 1000).toFixed(2)} s, ${report.version}`,
    '',
    '                                 before   after',
    ...(
      [
        ['similarity (masked SSIM)', before?.maskedSsim, after?.maskedSsim],
        ['normalised mutual information', before?.nmi, after?.nmi],
        ['cross-correlation', before?.ncc, after?.ncc],
      ] as const
    ).map(([name, was, is]) => `${name.padEnd(31)}${number(was).padStart(8)}${number(is).padStart(8)}`),
    '',
    `accepted at ${measure} ${accepted} and above, reviewed from ${review}`,
    `  ${evidence}`,
  ];
  if (quality !== null) {
    lines.push(
      '',
      `covered by the moving image   ${number(100 * quality.coverage, 1)} % of the anatomy`,
      `there and back misses by      ${number(quality.inverseConsistencyMm, 2)} ${unit}`,
      `folded                        ${number(quality.foldedPercent, 2)} % of the anatomy`,
      `tissue shrinks to             ${number(quality.minimumJacobian, 2)} of its volume at most`,
    );
  }
  if (rejectedDeformation !== null)
    lines.push('', `A deformation was tried and not used: ${rejectedDeformation.reason}`);
  lines.push('', ...report.caveats.map((caveat) => `note: ${caveat}`));
  lines.push('files:', ...report.files.map((file) => `  ${file}`));
  return `${lines.join('\n')}\n`;
}
