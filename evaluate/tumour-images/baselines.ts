import { scaleLesion } from '../../src/ml/forecasting/image/lesion-scaling.ts';
import { tissueOf } from '../../src/ml/forecasting/image/lesion-tissue.ts';
import type { LesionQuestion } from '../../src/ml/forecasting/image/lesion-predictor.ts';
import { meanOf } from '../../src/ml/forecasting/image/sequence-inputs.ts';
import { boundedTrend, trendWeights } from '../../src/ml/forecasting/trend.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

/** What anybody could forecast without a model, from the same question. */
export const BASELINES: Readonly<Record<string, (question: LesionQuestion, shape: VolumeShape) => Float32Array>> = {
  'last image': ({ history }) => history.at(-1)!.image,
  'mean of history': ({ history }) => meanOf(history.map(({ image }) => image)),
  'linear extrapolation': ({ history, horizonDays }) => {
    const last = history.at(-1)!.image;
    const weights = trendWeights(history.map(({ day }) => day));
    if (weights === null) return last;
    const series = new Float64Array(history.length);
    return last.map((voxel, index) => {
      history.forEach(({ image }, k) => (series[k] = image[index]!));
      return voxel + boundedTrend(series, weights, voxel, horizonDays);
    });
  },
  'volume trend': (question, shape) => {
    const { history, horizonDays } = question;
    const last = history.at(-1)!;
    const weights = trendWeights(history.map(({ day }) => day));
    if (weights === null || history.some(({ lesion }) => lesion.voxels === 0)) return last.image;
    const slope = history.reduce((sum, { lesion }, k) => sum + weights[k]! * Math.log(lesion.voxels), 0);
    const change = Math.min(1.5, Math.max(-1.5, slope * horizonDays));
    return scaleLesion(last, Math.exp(change), tissueOf(history, shape), shape).image;
  },
};
