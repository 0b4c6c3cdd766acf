import type { FeatureSpec } from './personal/feature-spec.ts';

/** How a feature reads beside a patient's name, one text per column that it has. */
export interface EffectWords {
  readonly words: string;
  /** Made by a network of what the words name: nobody can say what it is. */
  readonly isLearned: boolean;
}

/**
 * What moves a variable, for a clinician, in the order of the model's columns.
 * @param variable key of the one that is moved. @param titleOf name of a variable or treatment by its key.
 */
export function effectWords(
  features: readonly FeatureSpec[],
  variable: string,
  titleOf: (key: string) => string,
): EffectWords[] {
  const words = (feature: FeatureSpec): string => wordsOf(feature, variable, titleOf);
  return features.flatMap((feature): EffectWords[] => {
    if (feature.kind === 'spline') {
      const first = words(feature.of);
      return feature.knots
        .slice(1)
        .map((_, index) => ({ words: index === 0 ? first : `${first}, bend ${index}`, isLearned: false }));
    }
    if (feature.kind === 'network') {
      const made = [...new Set(feature.inputs.map(words))].join(', ');
      const { biases } = feature.layers.at(-1)!;
      return biases.map((_, index) => ({ words: `Learned pattern ${index + 1} of: ${made}`, isLearned: true }));
    }
    return [{ words: words(feature), isLearned: false }];
  });
}

function wordsOf(feature: FeatureSpec, variable: string, titleOf: (key: string) => string): string {
  switch (feature.kind) {
    case 'intercept':
      return 'Change by itself';
    case 'log-state':
    case 'state':
      return feature.variable === variable ? 'How high it already is' : `How high ${titleOf(feature.variable)} is`;
    case 'static':
      return titleOf(feature.static);
    case 'time':
      return 'Time since the first visit';
    case 'dose':
      return `${titleOf(feature.treatment)} when it is given`;
    case 'dose-squared':
      return `${titleOf(feature.treatment)} beyond proportion to the dose`;
    case 'carry-over':
      return `${titleOf(feature.treatment)} while it acts`;
    case 'interaction':
      return feature.of.map((part) => wordsOf(part, variable, titleOf)).join(', together with: ');
    case 'spline':
    case 'network':
      throw new TypeError(`a ${feature.kind} has several columns`);
  }
}
