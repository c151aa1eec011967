import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Dialog } from "../ui/dialog";
import { Icon } from "./icons";
import { isCurrent, mainLinks, type Place } from "./navigation";
import { NavigationList } from "./navigation-list";
import { UnreadCount } from "./unread-count";

interface BottomBarProps {
  place: Place;
  path: string;
  /** Whether the menu with everything is open. */
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Whose account it is, and how they leave. */
  account: JSX.Element;
}

/** On phones, where the thumb is: the four main pages of where one is, and a menu with all of them. */
export function BottomBar({ place, path, open, onOpen, account }: BottomBarProps): JSX.Element {
  const { shell } = useWords();
  const main = mainLinks(place);
  const elsewhere = !main.some((link) => isCurrent(link, path));
  return (
    <>
      <nav class="bar" aria-label={shell.navigation}>
        <ul>
          {main.map((link) => (
            <li key={link.href}>
              <a href={link.href} aria-current={isCurrent(link, path) ? "page" : undefined}>
                {link.icon !== undefined && <Icon name={link.icon} />}
                <span>{link.label}</span> <UnreadCount count={link.unread} />
              </a>
            </li>
          ))}
          <li>
            <button type="button" class={elsewhere ? "here" : ""} aria-haspopup="dialog" onClick={() => onOpen(true)}>
              <Icon name="more" />
              <span>{shell.menu}</span>
            </button>
          </li>
        </ul>
      </nav>
      {open && (
        <Dialog title={place.name} sheet onClose={() => onOpen(false)}>
          <nav class="all" aria-label={shell.all}>
            <NavigationList groups={place.groups} path={path} />
          </nav>
          {account}
        </Dialog>
      )}
    </>
  );
}
