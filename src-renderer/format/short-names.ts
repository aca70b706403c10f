// Names side by side without the words that all of them begin with, which tell nothing there.

/**
 * `['LeNet −90% weights', 'LeNet baseline']` → `['−90% weights', 'baseline']`. A name keeps at least its last word; one name alone, and names
 * that don't begin alike, stay as they are.
 */
export function withoutSharedWords(names: readonly string[]): readonly string[] {
  const words = names.map((name) => name.split(' '));
  const [first = []] = words;
  const most = Math.min(...words.map((each) => each.length - 1));
  let shared = 0;
  while (names.length > 1 && shared < most && words.every((each) => each[shared] === first[shared])) shared += 1;
  return words.map((each) => each.slice(shared).join(' '));
}
