import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { isCurrent, type NavigationGroup } from "./navigation";
import { UnreadCount } from "./unread-count";

/** Links in their groups, the current one marked. */
export function NavigationList({ groups, path }: { groups: readonly NavigationGroup[]; path: string }): JSX.Element {
  return (
    <>
      {groups.map((group, index) => (
        <Group key={group.title ?? index} group={group} path={path} />
      ))}
    </>
  );
}

function Group({ group: { title, links }, path }: { group: NavigationGroup; path: string }): JSX.Element {
  const id = useId();
  return (
    <>
      {title !== undefined && (
        <p class="group" id={id}>
          {title}
        </p>
      )}
      <ul aria-labelledby={title === undefined ? undefined : id}>
        {links.map((link) => (
          <li key={link.href}>
            <a href={link.href} aria-current={isCurrent(link, path) ? "page" : undefined}>
              {link.label} <UnreadCount count={link.unread} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
