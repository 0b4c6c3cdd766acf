import type { Dynamics } from '../../twins/dynamics.ts';

/** What a treatment is called by people; its key where the dynamics do not know it. */
export const treatmentTitle = ({ treatments }: Pick<Dynamics, 'treatments'>, key: string): string =>
  treatments.find((treatment) => treatment.key === key)?.title ?? key;
