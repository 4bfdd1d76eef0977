import { powerMonitor, powerSaveBlocker } from 'electron';
import type { Power } from '../../src-server/public.ts';

/** Power as Electron tells of it. Used once the app is ready. */
export const electronPower = (): Power => {
  let blocker: number | null = null;
  return {
    onBattery: () => powerMonitor.isOnBatteryPower(),
    watch: (changed) => {
      const power = () => changed('power');
      const suspend = () => changed('suspend');
      const resume = () => changed('resume');
      powerMonitor.on('on-battery', power);
      powerMonitor.on('on-ac', power);
      powerMonitor.on('suspend', suspend);
      powerMonitor.on('resume', resume);
      return () => {
        powerMonitor.off('on-battery', power);
        powerMonitor.off('on-ac', power);
        powerMonitor.off('suspend', suspend);
        powerMonitor.off('resume', resume);
      };
    },
    keepAwake: (isOn) => {
      if (isOn && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
      if (!isOn && blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
  };
};
