import { describe, expect, it } from "vitest";
import type { Numbers } from "../src/api/types";
import { axisTop, metricsOf, successRate, total } from "../src/screens/stats-model";

const numbers = (fields: Partial<Numbers>): Numbers => ({
  files: 0,
  prints: 0,
  failed: 0,
  print_time_s: 0,
  filament_g: 0,
  cost: 0,
  judged_good: 0,
  judged_failed: 0,
  energy_kwh: 0,
  energy_cost: 0,
  ...fields,
});

describe("the sums of the statistics", () => {
  it("add up every number of every period", () => {
    const sums = total([
      numbers({ files: 1, prints: 2, failed: 3, print_time_s: 4, filament_g: 5.5, cost: 6 }),
      numbers({ files: 1, prints: 1, failed: 1, print_time_s: 1, filament_g: 1, cost: 1 }),
      numbers({ judged_good: 3, judged_failed: 1, energy_kwh: 1.5, energy_cost: 0.5 }),
    ]);
    expect(sums).toEqual({
      files: 2,
      prints: 3,
      failed: 4,
      print_time_s: 5,
      filament_g: 6.5,
      cost: 7,
      judged_good: 3,
      judged_failed: 1,
      energy_kwh: 1.5,
      energy_cost: 0.5,
    });
    expect(total([])).toEqual(numbers({}));
  });

  it("tell how many of a hundred prints succeeded, if there was one", () => {
    expect(successRate(numbers({ prints: 3, failed: 1 }))).toBe(75);
    expect(successRate(numbers({ prints: 3, failed: 1, judged_failed: 2 }))).toBe(25);
    expect(successRate(numbers({}))).toBeNull();
  });
});

describe("what there is to choose from", () => {
  it("is what there is something of", () => {
    expect(metricsOf([numbers({})])).toEqual(["prints", "print_time_s", "filament_g", "files"]);
    expect(metricsOf([numbers({}), numbers({ energy_kwh: 1 })])).toContain("energy_kwh");
  });
});

describe("the axis of the chart", () => {
  it.each([
    [0, 1],
    [1, 1],
    [1.1, 2],
    [3, 5],
    [10, 10],
    [11, 20],
    [0.3, 0.5],
    [740, 1000],
  ])("for %d ends at %d", (greatest, top) => {
    expect(axisTop(greatest)).toBeCloseTo(top);
  });
});
