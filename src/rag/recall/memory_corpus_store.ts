import type { Law } from "../corpus/law.ts";
import type { CorpusStore, StoredLaw, StoredRow, StoredUnit } from "../index/corpus_store.ts";

/** Units of the main provision stand before those of 附則 and 別表 with the same number. */
const PROVISION_ORDER = { main: 0, supplementary: 1, appendix: 2 } as const;

/** A corpus store that holds small corpora in memory: the contexts of a question file, test laws. */
export function createMemoryCorpusStore(laws: readonly Law[]): CorpusStore {
  const storedLaws: StoredLaw[] = [];
  const units: StoredUnit[] = [];
  const rows: StoredRow[] = [];
  const unitsByNum = new Map<string, StoredUnit[]>();
  for (const { units: unitsOfLaw, ...law } of laws) {
    storedLaws.push({ ...law, firstUnit: units.length, unitCount: unitsOfLaw.length });
    for (const { rows: rowsOfUnit, ...unit } of unitsOfLaw) {
      const stored: StoredUnit = {
        ...unit,
        unit: units.length,
        lawId: law.lawId,
        lawTitle: law.title,
        lawNum: law.lawNum,
        firstRow: rows.length,
        rowCount: rowsOfUnit.length,
      };
      for (const row of rowsOfUnit) rows.push({ ...row, row: rows.length, unit: stored.unit });
      units.push(stored);
      if (unit.num === undefined) continue;
      const key = `${law.lawId} ${unit.num}`;
      const known = unitsByNum.get(key);
      if (known === undefined) unitsByNum.set(key, [stored]);
      else known.push(stored);
    }
  }
  for (const found of unitsByNum.values()) {
    found.sort((a, b) => PROVISION_ORDER[a.provision] - PROVISION_ORDER[b.provision]);
  }
  const lawsById = new Map(storedLaws.map((law) => [law.lawId, law]));
  const at = <T>(list: readonly T[], number: number, what: string): T => {
    const found = list[number];
    if (found === undefined) {
      throw new RangeError(`${what} ${number} is not in the store, which has ${list.length}`);
    }
    return found;
  };
  return {
    lawCount: storedLaws.length,
    unitCount: units.length,
    rowCount: rows.length,
    laws: () => storedLaws,
    law: (lawId) => lawsById.get(lawId),
    unit: (number) => at(units, number, "unit"),
    unitsOf: (lawId, num) => [...unitsByNum.get(`${lawId} ${num}`) ?? []],
    row: (number) => at(rows, number, "row"),
    rowsOf(number) {
      const { firstRow, rowCount } = at(units, number, "unit");
      return rows.slice(firstRow, firstRow + rowCount);
    },
    close() {},
  };
}
