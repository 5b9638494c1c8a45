"""What people and other programs use from outside: the recorder, the viewer, the server."""
