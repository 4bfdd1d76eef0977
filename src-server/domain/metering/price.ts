const MCU_PER_CU = 1_000;

/** What an amount of milli-CU is worth in micro-dollars, rounded up once; a figure for show, nothing is charged. */
export const usdMicrosOf = (mcu: number, usdMicrosPerCu: number): number =>
  Math.ceil((mcu * usdMicrosPerCu) / MCU_PER_CU);
