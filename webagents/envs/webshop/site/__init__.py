"""The shop as a site: its pages are a function of their address, in a browser and without one."""
