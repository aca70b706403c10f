// A first look at a source, quick whatever its size: what it is, its columns and likely label, or its pictures' size and classes.
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { DataOptions, type DataSurvey } from '#contract/data-options.ts';
import { StudioError } from '#contract/errors.ts';
import { splitNames } from '../dataset-file.ts';
import { guessSeparator } from '../containers/csv.ts';
import { fromSystem } from '../read-model.ts';
import { imageLayout } from './image-layout.ts';
import type { Opened } from './open-source.ts';
import { readDataset } from './read-dataset.ts';
import { formOf } from './read-images.ts';
import { recognise } from './recognise.ts';
import { guessLabel } from './label-column.ts';
import { openTable } from './open-table.ts';
import { surveyTable } from './survey-table.ts';

const limits = { rows: 2000, columns: 2000, images: 500, classes: 1000, examples: 5 };

/** @throws StudioError as `readDataset` does, for what the look meets. */
export async function surveySource(opened: Opened, source: string): Promise<DataSurvey> {
  const name = basename(source);
  const base = { name, columns: [], label: null, images: null };
  try {
    const path = realpathSync(source);
    const found = recognise(path);
    if (found.kind === 'csv') {
      const [first] = Object.values(found.files);
      const place = { file: basename(first!) };
      const bytes = await openTable(opened, first!, place);
      const table = surveyTable(bytes, guessSeparator(bytes), place, limits.rows);
      const label = guessLabel(table);
      return {
        ...base,
        format: 'csv',
        given: splitNames.filter((split) => found.files[split] !== undefined),
        samples: table.rows < limits.rows ? table.rows : null,
        columns: table.columns.slice(0, limits.columns).map(({ name: title, numeric, values }) => ({
          name: title.slice(0, 1024),
          kind: numeric ? ('number' as const) : ('text' as const),
          distinct: values.length,
          examples: values.slice(0, limits.examples).map((value) => value.slice(0, 80)),
        })),
        label: label === null ? null : table.columns[label]!.name,
      };
    }
    if (found.kind === 'images') {
      const options = DataOptions.parse({});
      const { format, parts, classes, targets } = await imageLayout(opened, found.folder, found, options);
      const all = Object.values(parts).flat();
      const some = all.filter((_, at) => at % Math.max(1, Math.floor(all.length / limits.images)) === 0);
      const form = await formOf(found.folder, some, options, () => undefined);
      return {
        ...base,
        format,
        given: splitNames.filter((split) => parts[split] !== undefined),
        samples: all.length,
        images: {
          height: form.height,
          width: form.width,
          oneSize: form.oneSize,
          gray: form.channels === 1,
          classes: targets === undefined ? classes.slice(0, limits.classes) : [],
        },
      };
    }
    const dataset = await readDataset(opened, path, DataOptions.parse({}));
    const first = dataset.parts.train ?? dataset.parts.all;
    const width = found.kind === 'npy' ? (first?.rows.shape[0] ?? 0) + 1 : 0;
    return {
      ...base,
      format: dataset.format,
      given: splitNames.filter((split) => dataset.parts[split] !== undefined),
      samples: Object.values(dataset.parts).reduce((sum, { rows }) => sum + rows.count, 0),
      columns: Array.from({ length: Math.min(width, limits.columns) }, (_, at) => ({
        name: String(at + 1),
        kind: 'number' as const,
        distinct: 0,
        examples: [],
      })),
      label: width > 0 ? String(width) : null,
    };
  } catch (thrown) {
    throw thrown instanceof StudioError ? thrown : fromSystem(thrown, source);
  }
}
