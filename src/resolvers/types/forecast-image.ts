import type { ForecastImageResolvers } from '../schema-types.ts';

export const ForecastImage: ForecastImageResolvers = {
  image: ({ sha256, geometry }) => ({ sha256, kind: 'predicted', geometry }),
  baseline: ({ baselineSha256, geometry }) => ({ sha256: baselineSha256, kind: 'registered', geometry }),
  change: ({ changeSha256, geometry }) => ({ sha256: changeSha256, kind: 'change', geometry }),
  uncertainty: ({ uncertaintySha256, geometry }) =>
    uncertaintySha256 === null ? null : { sha256: uncertaintySha256, kind: 'uncertainty', geometry },
};
