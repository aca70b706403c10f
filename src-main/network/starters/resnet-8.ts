// ResNet-8 at CIFAR's size: the residual network of MLPerf Tiny (Banbury et al. 2021), the smallest that has all that residual networks have.
import { addition, bareConvolution, batchNormalization, dense, globalAveragePooling, relu, wire } from './layer-configs.ts';
import type { Topology } from '../model-artifact.ts';

/** 78,330 parameters, 480 of them moving statistics; three stacks of 16, 32 and 64 channels, each with one skip. */
export const resnet8: Topology = build();

function build(): Topology {
  const { add, close } = wire('resnet-8', [32, 32, 3]);
  const normalised = (name: string, from: string) => add(batchNormalization(`${name}_bn`), from);
  let last = add(relu('stem_relu'), normalised('stem', add(bareConvolution('stem', 16, 3), 'input')));
  for (const [stack, filters] of [16, 32, 64].entries()) {
    const strides = stack === 0 ? 1 : 2;
    const name = `stack${stack + 1}`;
    const first = add(relu(`${name}_relu1`), normalised(`${name}_conv1`, add(bareConvolution(`${name}_conv1`, filters, 3, strides), last)));
    const second = normalised(`${name}_conv2`, add(bareConvolution(`${name}_conv2`, filters, 3), first));
    const shortcut = strides === 1 ? last : add(bareConvolution(`${name}_shortcut`, filters, 1, strides), last);
    last = add(relu(`${name}_relu2`), add(addition(`${name}_add`), shortcut, second));
  }
  return close(add(dense('classes', 10, 'softmax'), add(globalAveragePooling('pool'), last)));
}
