import type { DynamicsFeature, PopulationDynamics, VariableDynamics } from './dynamics.ts';

/** A fault of a definition's dynamics, with its path in the file. */
export interface DynamicsFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Declaring {
  readonly variables: readonly (
    | {
        readonly role: 'dynamic';
        readonly key: string;
        readonly plausible: readonly [number, number];
        readonly dynamics?: VariableDynamics | undefined;
      }
    | {
        readonly role: 'treatment';
        readonly key: string;
        readonly maximumPerDay: number;
        readonly dynamics?: { readonly ordinaryAmount: number } | undefined;
      }
    | { readonly role: 'static'; readonly key: string }
  )[];
  readonly forecasting: { readonly dynamics?: PopulationDynamics | undefined };
}

/** What makes no sense in declared dynamics although each part of it is well formed. */
export function dynamicsFaults(of: Declaring): DynamicsFault[] {
  return [
    ...of.variables.flatMap((variable, index) => {
      const path = ['variables', index, 'dynamics'];
      if (variable.role === 'dynamic' && variable.dynamics !== undefined) {
        const { dynamics, plausible } = variable;
        const isNegative = dynamics.change === 'log' && plausible[0] < 0;
        const change = { path: [...path, 'change'], message: 'must be "absolute" for a value that may be below 0' };
        return [
          ...(isNegative ? [change] : []),
          ...dynamics.features.flatMap((feature, at) => featureFaults(of, feature, [...path, 'features', at])),
        ];
      }
      if (variable.role === 'treatment' && variable.dynamics !== undefined) {
        const isTooMuch = variable.dynamics.ordinaryAmount > variable.maximumPerDay;
        return isTooMuch ? [{ path: [...path, 'ordinaryAmount'], message: 'must not be above maximumPerDay' }] : [];
      }
      return [];
    }),
    ...(of.forecasting.dynamics?.statics ?? []).flatMap((one, index) =>
      unknownFault(of, 'static', one.key, ['forecasting', 'dynamics', 'statics', index, 'key']),
    ),
  ];
}

function featureFaults(of: Declaring, feature: DynamicsFeature, path: DynamicsFault['path']): DynamicsFault[] {
  switch (feature.kind) {
    case 'intercept':
      return [];
    case 'state':
      return unknownFault(of, 'dynamic', feature.variable, [...path, 'variable']);
    case 'log-state': {
      const variable = of.variables.find(({ key, role }) => key === feature.variable && role === 'dynamic');
      const isNegative = variable?.role === 'dynamic' && variable.plausible[0] < 0;
      const negative = { path: [...path, 'variable'], message: `"${feature.variable}" may be below 0; use a "state"` };
      return isNegative ? [negative] : unknownFault(of, 'dynamic', feature.variable, [...path, 'variable']);
    }
    case 'static': {
      const isNumber = of.forecasting.dynamics?.statics.some(
        ({ key, kind }) => key === feature.static && kind === 'number',
      );
      const message = `"${feature.static}" must be declared as a number in forecasting.dynamics.statics`;
      return isNumber === true ? [] : [{ path: [...path, 'static'], message }];
    }
    case 'interaction': {
      const treatments = feature.of.filter((one) => 'treatment' in one).length;
      const twice = { path: [...path, 'of'], message: 'must not multiply two treatments' };
      const isDirected = feature.of.some((one) => 'direction' in one && one.direction !== undefined);
      const directed = { path: [...path, 'of'], message: 'must not give a direction: a product has none' };
      return [
        ...(treatments > 1 ? [twice] : []),
        ...(isDirected ? [directed] : []),
        ...feature.of.flatMap((part, index) => featureFaults(of, part, [...path, 'of', index])),
      ];
    }
    case 'dose':
    case 'dose-squared':
    case 'carry-over':
      return unknownFault(of, 'treatment', feature.treatment, [...path, 'treatment']);
  }
}

const unknownFault = (of: Declaring, role: string, name: string, path: DynamicsFault['path']): DynamicsFault[] =>
  of.variables.some((variable) => variable.key === name && variable.role === role)
    ? []
    : [{ path, message: `"${name}" is no ${role} variable` }];
