import { EntitySchema } from 'typeorm';
import type { CataloguedImage } from '../../twins/ports.ts';
import { codeText, columns, json, text } from './columns.ts';

export class ImageRow {
  declare tenantId: string;
  declare sha256: string;
  declare kind: CataloguedImage['kind'];
  declare geometry: CataloguedImage['geometry'];
  declare displayRange: CataloguedImage['displayRange'];
}

export const ImageEntity = new EntitySchema<ImageRow>({
  name: 'Image',
  target: ImageRow,
  tableName: 'image',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'image_pk' },
    sha256: { ...codeText('sha256'), primary: true, primaryKeyConstraintName: 'image_pk' },
    kind: text('kind'),
    geometry: json('geometry'),
    displayRange: json('display_range'),
  },
});
