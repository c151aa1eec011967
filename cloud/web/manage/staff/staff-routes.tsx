import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { AddStaffPage } from "./add-staff-page";
import { StaffListPage } from "./staff-list-page";
import { StaffMemberPage } from "./staff-member-page";

/** Below `/manage/<id>/staff`: those who work there, with their hours and their ends (P3). */
export function StaffRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={StaffListPage} />
      <Route path="/new" component={AddStaffPage} />
      <Route path="/:person" component={StaffMemberPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
