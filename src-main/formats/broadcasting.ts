// Tensors stretched over each other along axes of size 1, as NumPy does it.

/** The shape of two that are stretched over each other; undefined where they don't fit. */
export function broadcast(one: readonly number[], other: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(one.length, other.length);
  const padded = [one, other].map((shape) => [...Array.from({ length: rank - shape.length }, () => 1), ...shape]);
  const sizes = padded[0]!.map((size, axis) => (size === 1 ? padded[1]![axis]! : size));
  return sizes.every((size, axis) => padded[1]![axis] === 1 || Object.is(padded[1]![axis], size)) ? sizes : undefined;
}

/** Which entry of a tensor of `shape` stands at each place of a tensor of `target`, over which it is stretched. */
export function stretchedFrom(shape: readonly number[], target: readonly number[]): (at: number) => number {
  const full = [...Array.from({ length: target.length - shape.length }, () => 1), ...shape];
  return (at) => {
    let [index, rest, step] = [0, at, 1];
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const size = target[axis]!;
      if (full[axis] !== 1) index += (rest % size) * step;
      step *= full[axis]!;
      rest = Math.floor(rest / size);
    }
    return index;
  };
}
