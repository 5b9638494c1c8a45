"""The verb on the machine that all of this runs on: doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from webagents.cli.terminal import say, stdout


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Install what is missing.")] = False,
    selenium: Annotated[
        bool, typer.Option("--selenium", help="ChromeDriver is required too.")
    ] = False,
) -> None:
    """Tell what this machine lacks; --fix installs it."""
    from webagents import doctor as machine

    checks = machine.examine(selenium=selenium)
    if fix and machine.lacking(checks):
        checks = machine.fix(checks, say, selenium=selenium)
    stdout().print(machine.as_table(checks))
    if missing := machine.lacking(checks):
        reasons = "; ".join(f"{check.name}: {check.found} ({check.advice})" for check in missing)
        say(f"error: {reasons}")
        raise typer.Exit(1)
