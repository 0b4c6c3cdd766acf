import { resultType } from '../refusal.ts';
import type {
  CompareForecastsResultResolvers,
  ImageDifferenceResolvers,
  ValueDifferenceResolvers,
} from '../schema-types.ts';

export const CompareForecastsResult: CompareForecastsResultResolvers = {
  __resolveType: resultType('ForecastComparison'),
};
export const ImageDifference: ImageDifferenceResolvers = { image: ({ difference }) => difference };
export const ValueDifference: ValueDifferenceResolvers = { key: ({ variable }) => variable };
