/**
 * Shares a budget out fairly: nobody gets more than they need, what one leaves is shared by the
 * others, and those who get less than they need all get the same (max-min fairness).
 * @param sizes what each needs; Infinity: as much as there is.
 * @returns shares in the order of the sizes, as whole numbers; their sum is at most the budget.
 */
export function shareBudget(sizes: readonly number[], budget: number): number[] {
  const shares = sizes.map(() => 0);
  let left = budget;
  const bySize = sizes.keys().toArray().sort((a, b) =>
    sizes[a]! < sizes[b]! ? -1 : sizes[a]! > sizes[b]! ? 1 : a - b
  );
  bySize.forEach((place, at) => {
    const share = Math.min(sizes[place]!, Math.floor(left / (sizes.length - at)));
    shares[place] = share;
    left -= share;
  });
  return shares;
}
