import { DomainError } from '../../errors.ts';
import { compareForecasts } from '../../twins/compare-forecasts.ts';
import { pageRequest } from '../page-request.ts';
import { existingId, orRefusal } from '../refusal.ts';
import type { QueryResolvers } from '../schema-types.ts';

const MAX_SEARCH_LENGTH = 100;

export const Query: QueryResolvers = {
  patients: (_, { disease, search, ...args }, { read }) => {
    const page = pageRequest(args, 20);
    const filter = { search: searchText(search), diseaseId: diseaseFilter(disease) };
    return read((stores) => stores.patients.page(page, filter));
  },
  patient: (_, { id }, { loaders }) => loaders.patient.load(id),
  diseaseTwins: (_, { disease, statuses, patientId, ...args }, { read }) => {
    const page = pageRequest(args, 20);
    const filter = {
      diseaseId: diseaseFilter(disease),
      statuses: statuses ?? null,
      patientId: patientId == null ? null : existingId(patientId, 'patient', 'patientId'),
    };
    return read((stores) => stores.twins.page(page, filter));
  },
  diseaseTwin: (_, { id }, { loaders }) => loaders.twin.load(id),
  diseaseDefinitions: (_, _args, { twins }) => [...twins.diseases.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  forecast: (_, { id }, { loaders }) => loaders.forecast.load(id),
  job: (_, { id }, { loaders }) => loaders.job.load(id),
  compareForecasts: (_, { reference, scenario }, { twins, actor }) =>
    orRefusal(
      () =>
        compareForecasts(twins, actor, {
          referenceId: existingId(reference, 'forecast', 'reference'),
          scenarioId: existingId(scenario, 'forecast', 'scenario'),
        }),
      (field) => field.replace(/Id$/, ''),
    ),
  server: (_, _args, { server }) => server,
};

function searchText(search: string | null | undefined): string | null {
  const text = search?.trim() ?? '';
  if (text.length > MAX_SEARCH_LENGTH || text.includes('\0')) {
    throw new DomainError('INVALID_INPUT', `A search is at most ${MAX_SEARCH_LENGTH} characters of text.`, {
      field: 'search',
    });
  }
  return text === '' ? null : text;
}

/** What PostgreSQL cannot hold is the id of no definition. */
function diseaseFilter(disease: string | null | undefined): string | null {
  if (disease?.includes('\0') === true) {
    throw new DomainError('NOT_FOUND', 'No such disease definition.', { field: 'disease' });
  }
  return disease ?? null;
}
