// What two transcripts do not have in common.

/** The lines of `left` and of `right` that are not part of their longest common subsequence. */
export function difference(left, right) {
  const common = commonLengths(left, right);
  const onlyLeft = [];
  const onlyRight = [];
  let [at, other] = [0, 0];
  while (at < left.length || other < right.length) {
    if (at < left.length && other < right.length && left[at] === right[other]) {
      at += 1;
      other += 1;
    } else if (
      other === right.length ||
      (at < left.length && common[at + 1][other] >= common[at][other + 1])
    ) {
      onlyLeft.push(left[at]);
      at += 1;
    } else {
      onlyRight.push(right[other]);
      other += 1;
    }
  }
  return { reference: onlyLeft, ours: onlyRight };
}

/**
 * At `[i][j]` the length of the longest common subsequence of `left` from `i` and `right` from `j`.
 */
function commonLengths(left, right) {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let at = left.length - 1; at >= 0; at -= 1) {
    for (let other = right.length - 1; other >= 0; other -= 1) {
      lengths[at][other] =
        left[at] === right[other]
          ? lengths[at + 1][other + 1] + 1
          : Math.max(lengths[at + 1][other], lengths[at][other + 1]);
    }
  }
  return lengths;
}

/** Whether nothing differs. */
export function isEmpty({ reference, ours }) {
  return reference.length === 0 && ours.length === 0;
}
