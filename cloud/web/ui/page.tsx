import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../language/speaking";

interface PageProps {
  title: string;
  /** One line below the title. */
  about?: ComponentChildren;
  /** Where one comes from. */
  back?: { href: string; label: string } | undefined;
  /** Buttons beside the title. */
  acts?: ComponentChildren;
  children: ComponentChildren;
}

/** A page below the shell. Its title goes to the tab, and on navigation gets the focus, so that it is read out. */
export function Page({ title, about, back, acts, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { common } = useWords();
  useEffect(() => void (document.title = `${title} · ${common.product}`), [title]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null || document.activeElement.closest("nav")) heading.current?.focus();
  }, []);
  return (
    <>
      <header class="page">
        {back !== undefined && (
          <a class="back" href={back.href}>
            ‹ {back.label}
          </a>
        )}
        <div class="title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {acts !== undefined && <div class="acts">{acts}</div>}
        </div>
        {about !== undefined && <p class="quiet">{about}</p>}
      </header>
      {children}
    </>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, acts, children }: { title: string; acts?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <section class="card">
      <div class="title">
        <h2>{title}</h2>
        {acts !== undefined && <div class="acts">{acts}</div>}
      </div>
      {children}
    </section>
  );
}
