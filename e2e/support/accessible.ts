// What a machine can tell of WCAG 2.2 AA.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** `alike` are so many more of the same that judging each would take minutes. */
export async function expectAccessible(page: Page, name: string, alike?: string): Promise<void> {
  const axe = new AxeBuilder({ page }).withTags(RULES);
  if (alike !== undefined) axe.exclude(alike);
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ""}`),
  );
  expect(found, name).toEqual([]);
}
