// Variants: read, rename, hide and restore, and the dry run of a recipe.
import { StudioError } from '#contract/errors.ts';
import type { Variant } from '#contract/nouns.ts';
import { mcnemar } from '#contract/paired-answers.ts';
import type { Plan, procedures } from '#contract/procedures.ts';
import type { Handlers } from '#rpc/contract-types.ts';
import { runImporter } from '#main/supervisor/run-importer.ts';
import { variantOf } from './engine-task.ts';
import { describeVariant, projectOf } from './keep-artifact.ts';
import type { StudioParts } from './studio-parts.ts';

/** A plan is a function of weights and recipe, so it is worked out once; the oldest goes first. */
const plansKept = 50;

export function serveVariants(parts: StudioParts): Handlers<typeof procedures>['variants'] {
  const { store, feed, now } = parts;
  const plans = new Map<string, Promise<Plan>>();

  function tell(variant: Variant): Variant {
    feed.tell('variantChanged', { variant });
    return variant;
  }

  return {
    get: ({ id }) => variantOf(store, id),
    rename({ id, name }) {
      variantOf(store, id);
      store.transact(() => store.variants.rename(id, name));
      const variant = variantOf(store, id);
      describeVariant(store, variant);
      return tell(variant);
    },
    remove({ id }) {
      const variant = variantOf(store, id);
      const busy = store.jobs.inStates(['queued', 'running']).find(({ order }) => order.variantId === id);
      if (busy !== undefined) {
        throw new StudioError('conflict', `"${variant.name}" is being worked on ("${busy.name}").`, {
          where: id,
          whatToDo: 'Cancel that or wait for its end, then remove the variant.',
        });
      }
      const wasBaseline = projectOf(store, variant.projectId).baselineId === id;
      store.transact(() => store.variants.hide(id, now()));
      feed.tell('variantRemoved', { id, projectId: variant.projectId });
      if (wasBaseline) feed.tell('projectChanged', { project: projectOf(store, variant.projectId) });
      return null;
    },
    restore({ id }) {
      if (!store.variants.isHidden(id)) return variantOf(store, id);
      store.transact(() => store.variants.hide(id, null));
      const variant = tell(variantOf(store, id));
      const project = projectOf(store, variant.projectId);
      if (project.baselineId === id) feed.tell('projectChanged', { project });
      return variant;
    },
    pair({ id, withId }) {
      const [own, other] = [store.answers.of(variantOf(store, id).id), store.answers.of(variantOf(store, withId).id)];
      if (own === undefined || other === undefined || own.dataset !== other.dataset) return null;
      return mcnemar(other.rightAnswers, own.rightAnswers, own.samples);
    },
    plan({ id, recipe }) {
      const { artifact } = variantOf(store, id);
      const key = `${artifact} ${JSON.stringify(recipe)}`;
      const known = plans.get(key);
      if (known !== undefined) return known;
      const plan = runImporter(parts.spawn, { kind: 'plan', artifact: store.artifacts.pathOf(artifact), recipe }).then(
        (answer) => answer.plan,
      );
      plans.set(key, plan);
      plan.catch(() => plans.delete(key));
      const oldest = plans.keys().next();
      if (plans.size > plansKept && !oldest.done) plans.delete(oldest.value);
      return plan;
    },
  };
}
