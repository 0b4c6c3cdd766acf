import { Any } from 'typeorm';
import type { ImageCatalogue } from '../../twins/ports.ts';
import { ImageRow } from '../entities/image.entity.ts';
import type { StoreContext } from './store-context.ts';

export function createImageCatalogue({ manager, actor }: StoreContext): ImageCatalogue {
  return {
    async add(image) {
      // The same bytes may have come another way before; what they were catalogued as first stays.
      await manager
        .createQueryBuilder()
        .insert()
        .into(ImageRow)
        .values({ ...image, tenantId: actor.tenantId })
        .orIgnore()
        .updateEntity(false)
        .execute();
    },
    async bySha256(hashes) {
      const rows = await manager.find(ImageRow, { where: { sha256: Any([...hashes]) } });
      return rows.map(({ sha256, kind, geometry, displayRange }) => ({ sha256, kind, geometry, displayRange }));
    },
  };
}
