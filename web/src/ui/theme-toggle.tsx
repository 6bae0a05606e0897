import { useState } from "react";
import { Button } from "./button.tsx";
import { HalfIcon, MoonIcon, SunIcon } from "./icons.tsx";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

const icons: Record<Theme, typeof SunIcon> = { system: HalfIcon, light: SunIcon, dark: MoonIcon };

/** Goes through system, light and dark, and remembers the choice in this browser. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = document.documentElement.dataset.theme;
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  });
  const Icon = icons[theme];
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  const label = `Theme: ${theme}. Change to ${next}`;
  return (
    <Button
      look="quiet"
      className="w-8 px-0"
      aria-label={label}
      title={label}
      onClick={() => {
        setTheme(next);
        applyTheme(next);
      }}
    >
      <Icon />
    </Button>
  );
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.documentElement.dispatchEvent(new Event("themechange"));
  try {
    if (theme === "system") localStorage.removeItem("culprit-theme");
    else localStorage.setItem("culprit-theme", theme);
  } catch {
    // Storage is switched off: the choice holds until the page is loaded again.
  }
}
