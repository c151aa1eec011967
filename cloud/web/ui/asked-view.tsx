import type { ComponentChildren, JSX } from "preact";
import type { Asked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { ProblemNotice } from "./problem-notice";

interface AskedViewProps<Data> {
  asked: Asked<Data>;
  children: (data: Data) => ComponentChildren;
  /** The page around the placeholder and around a refusal, where `children` bring a page that is named after the data. */
  around?: (shown: ComponentChildren) => JSX.Element;
}

/** What was asked for: a placeholder on the way, the refusal with a way to try again, or the thing itself. */
export function AskedView<Data>({ asked, children, around }: AskedViewProps<Data>): JSX.Element {
  const { common } = useWords();
  const { data, problem, loading, again } = asked;
  if (around !== undefined && data === undefined) return around(<AskedView asked={asked}>{children}</AskedView>);
  return (
    <>
      {problem !== undefined && <ProblemNotice problem={problem} onAgain={again} />}
      {data !== undefined ? children(data) : loading && <Loading text={common.loading} />}
    </>
  );
}

/** Bars in the place of what is on its way; said once to those who do not see them. */
export function Loading({ text }: { text: string }): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="unseen">{text}</span>
      <div class="bar" />
      <div class="bar" />
      <div class="bar" />
    </div>
  );
}

/** Where there is nothing yet: says what would be here, and offers the first step. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <p class="title">{title}</p>
      {children}
    </div>
  );
}
