import { Select } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { ChoiceFrame, type ChoiceLook } from './choice-frame.tsx';
import './popup.css';

export interface SelectItem {
  value: string;
  label: string;
}
interface SelectFieldProps extends ChoiceLook {
  value: string;
  items: readonly SelectItem[];
  icon?: ReactNode;
  isSmall?: boolean;
  onChange: (value: string) => void;
}

/** One of many, from a list. */
export const SelectField = (props: SelectFieldProps) => {
  const id = useId();
  const { value, items, icon, isSmall, onChange, ...look } = props;
  return (
    <ChoiceFrame {...look} labelId={`${id}-label`}>
      <Select.Root value={value} items={[...items]} onValueChange={(next) => next !== null && onChange(next)}>
        <Select.Trigger
          className={isSmall ? 'button is-default is-small' : 'input'}
          aria-labelledby={`${id}-label ${id}-value`}
          data-invalid={look.error === undefined ? undefined : true}
        >
          {icon}
          <span id={`${id}-value`} className="grow truncate">
            <Select.Value />
          </span>
          <ChevronDown size={14} aria-hidden="true" />
        </Select.Trigger>
        <Select.Portal>
          <Select.Positioner className="popup-positioner" sideOffset={4} alignItemWithTrigger={false}>
            <Select.Popup className="popup">
              {items.map((item) => (
                <Select.Item key={item.value} value={item.value} className="popup-item">
                  <Select.ItemText>{item.label}</Select.ItemText>
                  <Select.ItemIndicator className="push">
                    <Check size={14} aria-hidden="true" />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
    </ChoiceFrame>
  );
};
