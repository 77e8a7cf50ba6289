"""What is live, into git: the manifests of some assistants are changed until reading them gives a content that is live
or was. Everything else in them stays, byte for byte, and so does what every other assistant comes to.
"""

from reconciler.app.bring.bring import bring
from reconciler.app.bring.goal import Brought, Goal, Kept, edited, whole
from reconciler.app.bring.look import Looked, drifted, version
from reconciler.app.bring.put import put

__all__ = ["Brought", "Goal", "Kept", "Looked", "bring", "drifted", "edited", "put", "version", "whole"]
