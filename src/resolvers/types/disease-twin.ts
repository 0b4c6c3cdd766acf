import { FaultError } from '../../errors.ts';
import type { DiseaseTwin as Twin } from '../../twins/disease-twin.ts';
import type { Patient } from '../../twins/patient.ts';
import type { ApiContext } from '../context.ts';
import { pageRequest } from '../page-request.ts';
import type { DiseaseTwinResolvers } from '../schema-types.ts';
import { viewVisits } from '../view-visits.ts';

export const DiseaseTwin: DiseaseTwinResolvers = {
  patient: patientOf,
  disease: ({ diseaseId }) => diseaseId,
  definition: ({ diseaseId }, _, { twins }) => twins.diseases.get(diseaseId) ?? null,
  timeline: ({ patientId }, args, { read }) => {
    const page = pageRequest(args, 20);
    return read((stores) => stores.timeline.page(patientId, page));
  },
  visits: async (twin, { asOf, clock }, context) =>
    viewVisits(context, twin, await patientOf(twin, {}, context), {
      at: asOf ?? context.now(),
      clock: clock === 'ISSUED' ? 'issued' : 'recorded',
    }),
  gaps: async ({ patientId }, _, { loaders, now }) => {
    const entries = await loaders.view.load({ patientId, asOf: { at: now(), clock: 'recorded' } });
    return entries.filter((entry) => entry.body.kind === 'gap');
  },
  forecasts: ({ id }, args, { loaders, read }) => {
    const page = pageRequest(args, 10);
    return page.after === null
      ? loaders.forecastsOfTwin.load({ twinId: id, first: page.first })
      : read((stores) => stores.forecasts.page(id, page));
  },
  latestForecast: async ({ id }, _, { loaders }) => {
    const { rows } = await loaders.forecastsOfTwin.load({ twinId: id, first: 1 });
    return rows[0]?.node ?? null;
  },
  backTests: ({ id }, args, { loaders }) =>
    loaders.backTestsOfTwin.load({ twinId: id, first: pageRequest(args, 20).first }),
  posterior: async ({ id, modelId }, _, { loaders }) => {
    const posteriors = await loaders.posteriorsOfTwin.load(id);
    return posteriors.find((posterior) => posterior.modelId === modelId) ?? null;
  },
  events: ({ id }, { after, ...args }, { read }) => {
    const { first } = pageRequest(args, 50);
    return read((stores) => stores.events.after(id, after, first));
  },
  jobs: ({ id }, _, { loaders }) => loaders.jobsOfSubject.load(id),
};

async function patientOf({ patientId }: Twin, _: unknown, { loaders }: ApiContext): Promise<Patient> {
  const patient = await loaders.patient.load(patientId);
  if (patient === null) {
    throw new FaultError('a twin without a patient');
  }
  return patient;
}
