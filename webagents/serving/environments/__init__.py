"""`webagents serve`: tasks for agents elsewhere, over HTTP and WebSocket, as OpenEnv has it."""
