// Builds a TensorFlow graph node by node and writes it as a SavedModel, the one form in which tfjs-node takes a graph.
import { createRequire } from 'node:module';
import type { NativeAttribute, NativeBinding } from './native-binding.ts';

/** The generated protocol classes inside tfjs-node, as far as they are used here. */
interface Message {
  serializeBinary(): Uint8Array;
  [setter: `set${string}` | `add${string}`]: (value: unknown) => void;
  getAttrMap(): { set(key: string, value: Message): void };
}
interface Protocol {
  readonly GraphDef: new () => Message;
  readonly NodeDef: new () => Message;
  readonly VersionDef: new () => Message;
  readonly Tensor: new () => Message;
  readonly AttrValue: (new () => Message) & { readonly ListValue: new () => Message };
  readonly TensorShape: (new () => Message) & { readonly Dim: new () => Message };
  readonly MetaGraphDef: (new () => Message) & { readonly MetaInfoDef: new () => Message };
  readonly SavedModel: new () => Message;
}
const pb = createRequire(import.meta.url)('@tensorflow/tfjs-node/dist/proto/api_pb.js') as Protocol;

/** The producer version of the TensorFlow release whose op definitions tfjs speaks. */
const PRODUCER = 1882;
const SINGLE = { STRING: 'setS', INT: 'setI', FLOAT: 'setF', BOOL: 'setB', TYPE: 'setType' } as const;
const LISTS = { INT: 'setIList', FLOAT: 'setFList', BOOL: 'setBList', TYPE: 'setTypeList' } as const;

export class GraphDefinition {
  readonly #graph = new pb.GraphDef();
  readonly #kinds: ReadonlyMap<number, string>;
  readonly #native: NativeBinding;
  readonly #names = new Set<string>();

  constructor(native: NativeBinding) {
    this.#native = native;
    this.#kinds = new Map(['STRING', 'INT', 'FLOAT', 'BOOL', 'TYPE', 'SHAPE'].map((kind) => [native[`TF_ATTR_${kind}`]!, kind]));
    const versions = new pb.VersionDef();
    versions['setProducer']!(PRODUCER);
    this.#graph['setVersions']!(versions);
  }

  /** Adds a node and answers with its name. `inputs`: `name`, `name:1`, `^name`. */
  node(name: string, op: string, inputs: readonly string[], attributes: readonly NativeAttribute[] = []): string {
    if (this.#names.has(name)) throw new Error(`The graph has a node "${name}" already`);
    this.#names.add(name);
    const node = new pb.NodeDef();
    node['setName']!(name);
    node['setOp']!(op);
    node['setInputList']!([...inputs]);
    for (const attribute of attributes) node.getAttrMap().set(attribute.name, this.#attribute(attribute));
    this.#graph['addNode']!(node);
    return name;
  }

  placeholder(name: string, dtype: number, shape: readonly number[]): string {
    return this.node(name, 'Placeholder', [], [this.type('dtype', dtype), this.shape('shape', shape)]);
  }

  /** Where all values are one float, that one is written alone. */
  constant(name: string, dtype: number, shape: readonly number[], values: ArrayBufferView): string {
    const tensor = new pb.Tensor();
    tensor['setDtype']!(dtype);
    tensor['setTensorShape']!(shapeMessage(shape));
    if (values instanceof Float32Array && values.length > 1 && values.every((value) => Object.is(value, values[0])))
      tensor['setFloatValList']!([values[0]!]);
    else tensor['setTensorContent']!(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return this.node(name, 'Const', [], [this.type('dtype', dtype), { name: 'value', type: -1, value: tensor }]);
  }

  type(name: string, dtype: number): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_TYPE!, value: dtype };
  }
  shape(name: string, shape: readonly number[]): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_SHAPE!, value: shape };
  }
  text(name: string, value: string): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_STRING!, value };
  }
  int(name: string, value: number): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_INT!, value };
  }
  float(name: string, value: number): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_FLOAT!, value };
  }
  bool(name: string, value: boolean): NativeAttribute {
    return { name, type: this.#native.TF_ATTR_BOOL!, value };
  }

  serialise(): Uint8Array {
    const info = new pb.MetaGraphDef.MetaInfoDef();
    info['setTagsList']!(['serve']);
    const meta = new pb.MetaGraphDef();
    meta['setMetaInfoDef']!(info);
    meta['setGraphDef']!(this.#graph);
    const saved = new pb.SavedModel();
    saved['setSavedModelSchemaVersion']!(1);
    saved['addMetaGraphs']!(meta);
    return saved.serializeBinary();
  }

  #attribute({ type, value }: NativeAttribute): Message {
    const message = new pb.AttrValue();
    const kind = this.#kinds.get(type);
    if (kind === undefined) message['setTensor']!(value);
    else if (kind === 'SHAPE') message['setShape']!(shapeMessage(value as readonly number[]));
    else if (Array.isArray(value)) {
      const list = new pb.AttrValue.ListValue();
      list[LISTS[kind as keyof typeof LISTS]]!(value);
      message['setList']!(list);
    } else message[SINGLE[kind as keyof typeof SINGLE]]!(kind === 'STRING' ? Buffer.from(String(value)) : value);
    return message;
  }
}

function shapeMessage(shape: readonly number[]): Message {
  const message = new pb.TensorShape();
  for (const size of shape) {
    const dim = new pb.TensorShape.Dim();
    dim['setSize']!(size);
    message['addDim']!(dim);
  }
  return message;
}
