import { AppError } from '../../contract/errors';
import { autoglmPhone } from './autoglm-phone/model';
import { decoder } from './decoder/model';
import type { Family } from './family';
import { glm4v } from './glm4v/model';

const FAMILIES: readonly Family[] = [autoglmPhone, glm4v, decoder];

/** @throws AppError `model-unsupported` */
export function findFamily(id: string): Family {
  const family = FAMILIES.find((candidate) => candidate.id === id);
  if (family) return family;
  const known = FAMILIES.map((candidate) => candidate.id).join(', ');
  throw new AppError(
    'model-unsupported',
    `This model is of the family "${id}", which this version does not know (it knows ${known}). A newer version may.`,
    { kind: 'model-family-unknown', family: id },
  );
}
