import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { CheckIcon, CopyIcon, CrossIcon } from "./icons.tsx";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** Shown beside the icon; without it the button is the icon alone, named by `label`. */
  readonly words?: string;
}

/** Copies a text and says for two seconds whether that worked. */
export function CopyButton({ text, label, words }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const icon =
    outcome === "copied" ? <CheckIcon className="text-good" /> : outcome === "refused" ? <CrossIcon /> : <CopyIcon />;
  return (
    <Button
      look="quiet"
      aria-label={label}
      title={label}
      className={words ? "-mr-2 px-2" : "min-h-7 min-w-7 px-0"}
      onClick={() => void copyText(text).then((isCopied) => setOutcome(isCopied ? "copied" : "refused"))}
    >
      {icon}
      {words}
      <span className="sr-only" role="status">
        {outcome === "copied" ? "Copied" : outcome === "refused" ? "Could not copy" : ""}
      </span>
    </Button>
  );
}
