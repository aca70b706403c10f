// Where the page is, as an address in the fragment: `#/projects/p1/prune/v2`. Pure both ways.
export const projectViews = ['overview', 'layers', 'sensitivity', 'train', 'prune', 'runs', 'compare', 'export'] as const;
export type ProjectView = (typeof projectViews)[number];

export type Place =
  | { readonly kind: 'projects' }
  | { readonly kind: 'settings' }
  /** `item` is a variant's id, or a job's under `runs`; null leaves the choice to the page. */
  | { readonly kind: 'project'; readonly id: string; readonly view: ProjectView; readonly item: string | null };

export function addressOf(place: Place): string {
  if (place.kind !== 'project') return `#/${place.kind}`;
  return `#/projects/${encodeURIComponent(place.id)}/${place.view}${place.item === null ? '' : `/${encodeURIComponent(place.item)}`}`;
}

/** Anything that is no address of the page is the list of projects. */
export function placeOf(fragment: string): Place {
  const [kind, id, view, item] = fragment
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  if (kind === 'settings') return { kind: 'settings' };
  if (kind !== 'projects' || id === undefined || id === '') return { kind: 'projects' };
  return {
    kind: 'project',
    id,
    view: projectViews.find((name) => name === view) ?? 'overview',
    item: item === undefined || item === '' ? null : item,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
