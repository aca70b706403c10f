// Works out every layer's input and output shapes, and says which can't be known.
import { StudioError } from '#contract/errors.ts';
import type { GraphNode, LayerGraph, TensorRef } from './graph.ts';
import type { TensorShape } from './config-values.ts';
import { layerKind } from './layers/layer-table.ts';

export interface NodeShapes {
  /** Null where a layer before is unknown. */
  readonly inputs: readonly (TensorShape | null)[];
  readonly outputs: readonly (TensorShape | null)[];
}

export interface ShapedGraph {
  readonly graph: LayerGraph;
  readonly shapes: ReadonlyMap<string, NodeShapes>;
  readonly unsupported: readonly { layer: string; why: string }[];
}

/** Shapes with the batch axis (null) in front. Unknown layers and those after them get null; a broken configuration is a StudioError. */
export function inferShapes(graph: LayerGraph): ShapedGraph {
  const shapes = new Map<string, NodeShapes>();
  const unsupported: { layer: string; why: string }[] = [];
  const shapeAt = (ref: TensorRef): TensorShape | null => shapes.get(ref.node)?.outputs[ref.output] ?? null;

  for (const node of graph.nodes) {
    const inputs = node.inputs.length === 0 ? [node.inputShape] : node.inputs.map(shapeAt);
    const known = inputs.filter((shape) => shape !== null);
    const kind = layerKind(node.type);
    if (kind === undefined)
      unsupported.push({
        layer: node.layer,
        why: `layers of the class ${node.type} are not known here, so neither its work nor its output shape is`,
      });
    const outputs = kind === undefined || known.length < inputs.length ? [null] : outputsOf(node, known);
    if (kind !== undefined && node.inputs.length === 0 && node.inputShape === null) {
      unsupported.push({ layer: node.layer, why: 'the model does not say which shape its input has' });
    }
    shapes.set(node.id, { inputs, outputs });
  }
  return { graph, shapes, unsupported };
}

function outputsOf(node: GraphNode, inputs: readonly TensorShape[]): readonly TensorShape[] {
  const kind = layerKind(node.type);
  if (kind === undefined) return [];
  const outputs = [kind.outputShape(node.config, inputs), ...(kind.moreOutputs?.(node.config, inputs) ?? [])];
  for (const size of outputs.flat()) {
    if (size !== null && (!Number.isSafeInteger(size) || size < 1)) {
      throw new StudioError(
        'damaged-file',
        `The layer would put out a tensor of the shape [${outputs[0]?.map((part) => part ?? 'any').join(', ')}].`,
        {
          where: `layer "${node.layer}"`,
          whatToDo: 'Its configuration does not fit its input; save the model again from the program that made it.',
        },
      );
    }
  }
  return outputs;
}
