import { data } from 'dcmjs';
import type { ArchivedInstance } from './dicom-archive.ts';
import type { DicomJson } from './dicom-json.ts';

/** Attributes by query level (PS3.18 tables 10.6.3-3 to 10.6.3-5), and what is counted at it. */
const STUDY_KEYS =
  'StudyDate StudyTime AccessionNumber ReferringPhysicianName PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex StudyInstanceUID StudyID TimezoneOffsetFromUTC'.split(
    ' ',
  );
const SERIES_KEYS = 'Modality SeriesDescription SeriesInstanceUID SeriesNumber'.split(' ');
const INSTANCE_KEYS = 'SOPClassUID SOPInstanceUID InstanceNumber Rows Columns BitsAllocated'.split(' ');
const MOST_RESULTS = 5000;

export type QueryLevel = 'study' | 'series' | 'instance';

/** A query that cannot be answered: 400. */
export class QidoRefusal extends Error {}

/**
 * Searches the archive (QIDO-RS, PS3.18 10.6).
 * @param parameters attribute filters by keyword or tag (with `*` and `?` in text, `-` in dates), includefield, limit, offset.
 * @throws {QidoRefusal} for a parameter that is no attribute.
 */
export function qidoSearch(
  level: QueryLevel,
  instances: readonly ArchivedInstance[],
  parameters: URLSearchParams,
): DicomJson[] {
  const filters: { tag: string; value: string }[] = [];
  const included = new Set<string>();
  let isAll = false;
  for (const [name, value] of parameters) {
    if (name === 'includefield') {
      for (const field of value.split(',')) {
        if (field === 'all') {
          isAll = true;
        } else {
          included.add(tagOf(field));
        }
      }
    } else if (!['limit', 'offset', 'fuzzymatching'].includes(name)) {
      filters.push({ tag: tagOf(name), value });
    }
  }
  const offset = count(parameters, 'offset') ?? 0;
  const limit = Math.min(count(parameters, 'limit') ?? MOST_RESULTS, MOST_RESULTS);
  const keys = [
    ...STUDY_KEYS,
    ...(level === 'study' ? [] : SERIES_KEYS),
    ...(level === 'instance' ? INSTANCE_KEYS : []),
  ];
  for (const key of keys) {
    included.add(tagOf(key));
  }

  const groupKey = { study: 'studyInstanceUid', series: 'seriesInstanceUid', instance: 'sopInstanceUid' } as const;
  const groups = Map.groupBy(instances, (instance) => instance[groupKey[level]]);
  return [...groups.values()]
    .flatMap((group) => {
      // ModalitiesInStudy and counts belong to the group; everything else is read from its first object.
      const json = { ...group[0]!.header(), ...summaryOf(level, group) };
      const answered = Object.entries(json).filter(
        ([tag]) => isAll || included.has(tag) || tag in summaryOf(level, group),
      );
      return filters.every(({ tag, value }) => matches(json[tag], value)) ? [Object.fromEntries(answered)] : [];
    })
    .slice(offset, offset + limit);
}

function summaryOf(level: QueryLevel, group: readonly ArchivedInstance[]): DicomJson {
  if (level === 'instance') {
    return {};
  }
  const bySeries = Map.groupBy(group, (instance) => instance.seriesInstanceUid);
  if (level === 'series') {
    return { '00201209': { vr: 'IS', Value: [group.length] } };
  }
  const modalities = [...bySeries.values()].flatMap(([first]) => first!.header()['00080060']?.Value ?? []);
  return {
    '00080061': { vr: 'CS', Value: [...new Set(modalities)] },
    '00201206': { vr: 'IS', Value: [bySeries.size] },
    '00201208': { vr: 'IS', Value: [group.length] },
  };
}

function matches(attribute: DicomJson[string] | undefined, wanted: string): boolean {
  if (wanted === '') {
    return true;
  }
  const values = (attribute?.Value ?? []).map((value) =>
    typeof value === 'object' && value !== null ? ((value as { Alphabetic?: string }).Alphabetic ?? '') : String(value),
  );
  if (attribute?.vr === 'DA' && wanted.includes('-')) {
    const [from = '', until = ''] = wanted.split('-');
    return values.some((value) => value >= from && (until === '' || value <= until));
  }
  const alternatives = attribute?.vr === 'UI' ? wanted.split(/[,\\]/) : [wanted];
  return alternatives.some((alternative) => {
    const pattern = alternative
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    const expression = new RegExp(`^${pattern}$`, attribute?.vr === 'PN' ? 'iu' : 'u');
    return values.some((value) => expression.test(value));
  });
}

function count(parameters: URLSearchParams, name: string): number | null {
  const value = parameters.get(name);
  if (value === null) {
    return null;
  }
  if (!/^\d{1,9}$/.test(value)) {
    throw new QidoRefusal(`${name} is not a number`);
  }
  return Number(value);
}

function tagOf(name: string): string {
  if (/^[0-9A-Fa-f]{8}$/.test(name)) {
    return name.toUpperCase();
  }
  const tag = data.DicomMetaDictionary.nameMap[name]?.tag.replaceAll(/[(),]/g, '');
  if (tag === undefined) {
    throw new QidoRefusal('a query parameter is not a DICOM attribute');
  }
  return tag;
}
