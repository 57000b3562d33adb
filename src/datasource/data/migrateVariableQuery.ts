/** Brings a saved variable into today's form. Old variables are a text: profileTypes(), labels() or labelValues(name). */
import type { VariableQuery } from './profileQuery.ts';
import { fieldsOf, numberOf, oneOf, textOf } from './readFields.ts';

export function migrateVariableQuery(saved: unknown): VariableQuery {
  const refId = 'PyrolensVariable';
  if (typeof saved === 'string') {
    const values = /^\s*label_?values\(\s*"?([\w.]+)"?\s*\)\s*$/i.exec(saved)?.[1];
    if (values !== undefined) return { refId, type: 'labelValue', labelName: values };
    return { refId, type: /^\s*label/i.test(saved) ? 'label' : 'profileType' };
  }
  const fields = fieldsOf(saved);
  const labelName = textOf(fields['labelName']);
  const profileTypeId = textOf(fields['profileTypeId']);
  const labelSelector = textOf(fields['labelSelector']);
  const limit = numberOf(fields['limit']);
  return {
    refId: textOf(fields['refId']) ?? refId,
    type: oneOf(fields['type'], ['profileType', 'label', 'labelValue', 'function']) ?? 'profileType',
    ...(labelName !== undefined && { labelName }),
    ...(profileTypeId !== undefined && { profileTypeId }),
    ...(labelSelector !== undefined && { labelSelector }),
    ...(limit !== undefined && { limit }),
  };
}
