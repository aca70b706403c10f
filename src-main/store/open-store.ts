// Opens a home: takes its lock, checks its database, repairs or migrates it, and hands out its tables.
import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answerRows, type AnswerRows } from './answers.ts';
import { openArtifacts, type Artifacts } from './artifacts.ts';
import { backUp } from './back-up.ts';
import { collectGarbage } from './collect-garbage.ts';
import { datasetRows, type DatasetRows } from './datasets.ts';
import { makeFolderDurably } from '#main/files/durable-write.ts';
import { diskProblem } from './disk-problem.ts';
import { holdHomeLock } from './hold-home-lock.ts';
import { jobEventRows, type JobEventRows } from './job-events.ts';
import { jobRows, type JobRows } from './jobs.ts';
import { openManifests, type Manifests } from './manifests.ts';
import { measurementRows, type MeasurementRows } from './measurements.ts';
import { formatOf, migrate, migrations, refuseNewerFormat } from './migrate.ts';
import { modelRows, type ModelRows } from './models.ts';
import { findDamage, openConnection, type Connection } from './open-connection.ts';
import { projectRows, type ProjectRows } from './projects.ts';
import { rebuildFromManifests } from './rebuild-from-manifests.ts';
import { recoverDamagedStore } from './recover-damaged-store.ts';
import { variantRows, type VariantRows } from './variants.ts';

export interface Store {
  /** The home's real path. */
  readonly home: string;
  /** What had to be repaired at this opening, in sentences; empty if nothing. */
  readonly recovered: readonly string[];
  readonly projects: ProjectRows;
  readonly models: ModelRows;
  readonly datasets: DatasetRows;
  readonly variants: VariantRows;
  readonly measurements: MeasurementRows;
  readonly answers: AnswerRows;
  readonly jobs: JobRows;
  readonly jobEvents: JobEventRows;
  readonly artifacts: Artifacts;
  readonly manifests: Manifests;
  /** All or nothing, on disk when it returns. @throws StudioError disk-full, disk-error */
  transact<T>(work: () => T): T;
  backUp(): Promise<string>;
  close(): void;
}

/** @throws StudioError home-in-use, unsupported (newer format), disk-full, disk-error */
export async function openStore(home: string): Promise<Store> {
  try {
    makeFolderDurably(resolve(home));
  } catch (error) {
    throw diskProblem(error, home);
  }
  const place = realpathSync(home);
  const lock = holdHomeLock(place);
  try {
    const { db, recovered } = await openChecked(place);
    const store = tablesOf(db, place, recovered, () => lock.release());
    const lost = recovered.length > 0 ? rebuildFromManifests(store) : 0;
    if (lost > 0) recovered.push(`Variants and datasets put back from their files: ${lost}.`);
    collectGarbage(store);
    db.exec('UPDATE session SET endedCleanly = 0');
    return store;
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openChecked(home: string): Promise<{ db: Connection; recovered: string[] }> {
  const path = join(home, 'studio.db');
  const recovered: string[] = [];
  if (!existsSync(path) && openManifests(home).ids().length > 0) recovered.push(...recoverDamagedStore(home, 'the file was gone'));
  let db = openOrUndefined(path);
  const damage = db === undefined ? 'the file is no database' : findDamage(db, endedCleanly(db) ? 'quick' : 'full');
  if (db === undefined || damage !== null) {
    db?.close();
    recovered.push(...recoverDamagedStore(home, damage ?? ''));
    db = openConnection(path);
  }
  refuseNewerFormat(db, home);
  const format = formatOf(db);
  if (format > 0 && format < migrations.length) await backUp(db, home);
  migrate(db);
  return { db, recovered };
}

function openOrUndefined(path: string): Connection | undefined {
  try {
    return openConnection(path);
  } catch {
    return undefined;
  }
}

/** A new or an unreadable database counts as clean: the quick check tells. */
function endedCleanly(db: Connection): boolean {
  try {
    return db.prepare('SELECT endedCleanly FROM session').pluck().get() !== 0;
  } catch {
    return true;
  }
}

function tablesOf(db: Connection, home: string, recovered: readonly string[], released: () => void): Store {
  const measurements = measurementRows(db);
  return {
    home,
    recovered,
    measurements,
    answers: answerRows(db),
    projects: projectRows(db),
    models: modelRows(db),
    datasets: datasetRows(db),
    variants: variantRows(db, measurements),
    jobs: jobRows(db),
    jobEvents: jobEventRows(db),
    artifacts: openArtifacts(home),
    manifests: openManifests(home),
    transact(work) {
      try {
        return db.transaction(work).immediate();
      } catch (error) {
        throw error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
          ? diskProblem(error, join(home, 'studio.db'))
          : error;
      }
    },
    backUp: () => backUp(db, home),
    close() {
      if (!db.open) return;
      db.exec('UPDATE session SET endedCleanly = 1');
      db.pragma('optimize');
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      released();
    },
  };
}
