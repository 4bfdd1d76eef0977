const MCU_PER_CU = 1_000;

/** What an amount of milli-CU is worth in micro-dollars, rounded up once; a figure for show, nothing is charged. */
export const usdMicrosOf = (mcu: number, usdMicrosPerCu: number): number =>
  Math.ceil((mcu * usdMicrosPerCu) / MCU_PER_CU);

const USD_MICROS_PER_USD = 1_000_000;

/** What is left, in dollars for a program that reads no integers; rounded down to a micro-dollar, never below zero. */
export function usdLeft(leftMcu: number, usdMicrosPerCu: number): number {
  // The product can pass 2⁵³: limits may be large, and so may the price.
  const micros = (BigInt(Math.max(0, leftMcu)) * BigInt(usdMicrosPerCu)) / BigInt(MCU_PER_CU);
  return Number(micros) / USD_MICROS_PER_USD;
}
