// What people have told the owner about messages, and nobody has dealt with yet.

import type { Joined, Report } from "../wire.ts";

export class Reports {
  list = $state.raw<readonly Report[]>([]);

  joined({ reports }: Joined): void {
    this.list = reports ?? [];
  }

  /** A new one, or one that is told again with other words. */
  heard(report: Report): void {
    const isSame = ({ seq, by }: Report): boolean => seq === report.seq && by.id === report.by.id;
    this.list = [...this.list.filter((known) => !isSame(known)), report];
  }

  forget(seq: number): void {
    this.list = this.list.filter((report) => report.seq !== seq);
  }
}
