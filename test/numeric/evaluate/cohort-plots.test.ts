import { expect, test } from 'vitest';
import { atrophyPage } from '../../../evaluate/cohort-plots/atrophy-page.ts';
import { lacOperonPage } from '../../../evaluate/cohort-plots/lac-operon-page.ts';
import { tumourPage } from '../../../evaluate/cohort-plots/tumour-page.ts';

test.each([
  ['tumour', tumourPage, 4, 10],
  ['atrophy', atrophyPage, 6, 10],
  ['lac operon', lacOperonPage, 4, 24],
] as const)('the page of the %s cohort shows courses, what-ifs and images', (_, page, charts, pictures) => {
  const svg = page();
  // Pictures are letters, too, and may spell anything.
  expect(svg.replaceAll(/href="[^"]*"/g, '')).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/<g transform/g)!.length).toBe(charts + 2);
  expect(svg.match(/href="data:image\/png;base64,iVBOR/g)).toHaveLength(pictures);
  expect(svg.match(/<polyline/g)!.length).toBeGreaterThan(charts);
});
