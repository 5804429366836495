"""What Python people call: each function as it is, with mistakes told in their words."""

from angelshare.api import auditing, distilling, running, statement
from angelshare.api.distilling import Student
from angelshare.api.door import door
from angelshare.api.statement import Statement

__all__ = ["Statement", "Student", "audit", "distil", "read", "run"]

audit = door("ash.audit")(auditing.audit)
distil = door("ash.distil")(distilling.distil)
read = door("ash.read")(statement.read)
run = door("ash.run")(running.run)
