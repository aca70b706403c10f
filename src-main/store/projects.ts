// Projects on disk. A removed one is only hidden until the next start.
import { Project } from '#contract/nouns.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type ProjectRows = ReturnType<typeof projectRows>;

export function projectRows(db: Connection) {
  const table = defineTable(db, 'projects', Project, []);
  const hide = db.prepare('UPDATE projects SET removedAt = ? WHERE id = ?');
  const baselineIsHidden = db.prepare('SELECT 1 FROM variants WHERE id = ? AND removedAt IS NOT NULL').pluck();

  /** A hidden variant is no baseline while it is hidden, and is one again when it is restored. */
  const seen = (project: Project): Project =>
    project.baselineId !== null && baselineIsHidden.get(project.baselineId) === 1 ? { ...project, baselineId: null } : project;

  return {
    insert: table.insert,
    list: (): Project[] => table.rows('WHERE removedAt IS NULL ORDER BY createdAt, rowid').map(seen),
    find(id: string): Project | undefined {
      const project = table.row('WHERE id = ? AND removedAt IS NULL', id);
      return project === undefined ? undefined : seen(project);
    },
    isHidden: (id: string): boolean => table.row('WHERE id = ? AND removedAt IS NOT NULL', id) !== undefined,
    rename: (id: string, name: string): void => void db.prepare('UPDATE projects SET name = ? WHERE id = ?').run(name, id),
    archive: (id: string, at: number | null): void => void db.prepare('UPDATE projects SET archivedAt = ? WHERE id = ?').run(at, id),
    setBaseline: (id: string, variantId: string | null): void =>
      void db.prepare('UPDATE projects SET baselineId = ? WHERE id = ?').run(variantId, id),
    hide: (id: string, at: number | null): void => void hide.run(at, id),
    purgeHidden: (): number => db.prepare('DELETE FROM projects WHERE removedAt IS NOT NULL').run().changes,
  };
}
